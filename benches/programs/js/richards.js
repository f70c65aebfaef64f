// richards: a scheduler of tasks that send each other packets; after the benchmark of Martin Richards, much reduced
const N = 120; //@N

class Packet {
  constructor(kind, to) {
    this.kind = kind;
    this.to = to;
    this.next = null;
    this.datum = 0;
    this.data = [0, 0, 0, 0];
  }
}

class Task {
  constructor(id, priority, next) {
    this.id = id;
    this.priority = priority;
    this.next = next;
    this.queue = null;
    this.held = false;
    this.waiting = false;
    this.runs = 0;
  }
  append(packet) {
    packet.next = null;
    if (this.queue === null) {
      this.queue = packet;
      return;
    }
    let last = this.queue;
    while (last.next !== null) last = last.next;
    last.next = packet;
  }
  take() {
    const packet = this.queue;
    if (packet !== null) {
      this.queue = packet.next;
      packet.next = null;
    }
    return packet;
  }
  ready() {
    return !this.held && !(this.waiting && this.queue === null);
  }
}

class Idle extends Task {
  constructor(id, next, count) {
    super(id, 0, next);
    this.control = 1;
    this.count = count;
  }
  run(scheduler) {
    this.count -= 1;
    if (this.count === 0) {
      this.held = true;
      return;
    }
    if (this.control % 2 === 0) {
      this.control = Math.floor(this.control / 2);
      scheduler.release(4);
    } else {
      this.control = Math.floor(this.control / 2) ^ 53256;
      scheduler.release(5);
    }
  }
}

class Worker extends Task {
  constructor(id, priority, next) {
    super(id, priority, next);
    this.to = 2;
    this.letter = 0;
  }
  run(scheduler) {
    const packet = this.take();
    if (packet === null) {
      this.waiting = true;
      return;
    }
    this.waiting = false;
    this.to = 5 - this.to;
    packet.datum = 0;
    for (let i = 0; i < 4; i++) {
      this.letter = (this.letter % 26) + 1;
      packet.data[i] = 64 + this.letter;
    }
    packet.kind = this.to;
    scheduler.send(packet, this.to);
  }
}

class Handler extends Task {
  constructor(id, priority, next, device) {
    super(id, priority, next);
    this.device = device;
    this.sum = 0;
  }
  run(scheduler) {
    const packet = this.take();
    if (packet === null) {
      this.waiting = true;
      return;
    }
    this.waiting = false;
    if (packet.datum < 4) {
      this.sum = (this.sum + packet.data[packet.datum]) % 65521;
      packet.datum += 1;
      scheduler.send(packet, this.device);
    } else {
      scheduler.send(packet, 1);
    }
  }
}

class Device extends Task {
  constructor(id, next, handler) {
    super(id, 1, next);
    this.handler = handler;
    this.pending = null;
  }
  run(scheduler) {
    if (this.pending === null) {
      const packet = this.take();
      if (packet === null) {
        this.waiting = true;
        return;
      }
      this.waiting = false;
      this.pending = packet;
      this.held = true;
    } else {
      const packet = this.pending;
      this.pending = null;
      scheduler.send(packet, this.handler);
    }
  }
}

class Scheduler {
  constructor() {
    this.tasks = [];
    this.first = null;
    this.sent = 0;
    this.released = 0;
  }
  add(task) {
    this.tasks.push(task);
    this.first = task;
    return task;
  }
  send(packet, to) {
    this.sent += 1;
    this.tasks[to].append(packet);
  }
  release(id) {
    this.released += 1;
    this.tasks[id].held = false;
  }
  run() {
    let task = this.first;
    while (task !== null) {
      if (task.ready()) {
        task.runs += 1;
        task.run(this);
        task = this.first;
      } else {
        task = task.next;
      }
    }
  }
}

function round() {
  const s = new Scheduler();
  const idle = s.add(new Idle(0, null, 10000));
  const worker = s.add(new Worker(1, 10, idle));
  const a = s.add(new Handler(2, 20, worker, 4));
  const b = s.add(new Handler(3, 21, a, 5));
  s.add(new Device(4, b, 2));
  s.add(new Device(5, s.first, 3));
  for (let i = 0; i < 3; i++) worker.append(new Packet(0, 1));
  s.run();
  let runs = 0;
  for (const task of s.tasks) runs += task.runs;
  return (s.sent * 31 + s.released * 7 + runs + a.sum + b.sum) % 1000003;
}

let check = 0;
for (let i = 0; i < N; i++) check = (check * 3 + round()) % 1000003;
console.log(String(check));
