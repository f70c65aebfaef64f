# richards: a scheduler of tasks that send each other packets; after the benchmark of Martin Richards, much reduced
N = 120  #@N


class Packet:
    def __init__(self, kind, to):
        self.kind = kind
        self.to = to
        self.next = None
        self.datum = 0
        self.data = [0, 0, 0, 0]


class Task:
    def __init__(self, id, priority, next):
        self.id = id
        self.priority = priority
        self.next = next
        self.queue = None
        self.held = False
        self.waiting = False
        self.runs = 0

    def append(self, packet):
        packet.next = None
        if self.queue is None:
            self.queue = packet
            return
        last = self.queue
        while last.next is not None:
            last = last.next
        last.next = packet

    def take(self):
        packet = self.queue
        if packet is not None:
            self.queue = packet.next
            packet.next = None
        return packet

    def ready(self):
        return not self.held and not (self.waiting and self.queue is None)


class Idle(Task):
    def __init__(self, id, next, count):
        Task.__init__(self, id, 0, next)
        self.control = 1
        self.count = count

    def run(self, scheduler):
        self.count -= 1
        if self.count == 0:
            self.held = True
            return
        if self.control % 2 == 0:
            self.control = self.control // 2
            scheduler.release(4)
        else:
            self.control = self.control // 2 ^ 53256
            scheduler.release(5)


class Worker(Task):
    def __init__(self, id, priority, next):
        Task.__init__(self, id, priority, next)
        self.to = 2
        self.letter = 0

    def run(self, scheduler):
        packet = self.take()
        if packet is None:
            self.waiting = True
            return
        self.waiting = False
        self.to = 5 - self.to
        packet.datum = 0
        for i in range(4):
            self.letter = self.letter % 26 + 1
            packet.data[i] = 64 + self.letter
        packet.kind = self.to
        scheduler.send(packet, self.to)


class Handler(Task):
    def __init__(self, id, priority, next, device):
        Task.__init__(self, id, priority, next)
        self.device = device
        self.sum = 0

    def run(self, scheduler):
        packet = self.take()
        if packet is None:
            self.waiting = True
            return
        self.waiting = False
        if packet.datum < 4:
            self.sum = (self.sum + packet.data[packet.datum]) % 65521
            packet.datum += 1
            scheduler.send(packet, self.device)
        else:
            scheduler.send(packet, 1)


class Device(Task):
    def __init__(self, id, next, handler):
        Task.__init__(self, id, 1, next)
        self.handler = handler
        self.pending = None

    def run(self, scheduler):
        if self.pending is None:
            packet = self.take()
            if packet is None:
                self.waiting = True
                return
            self.waiting = False
            self.pending = packet
            self.held = True
        else:
            packet = self.pending
            self.pending = None
            scheduler.send(packet, self.handler)


class Scheduler:
    def __init__(self):
        self.tasks = []
        self.first = None
        self.sent = 0
        self.released = 0

    def add(self, task):
        self.tasks.append(task)
        self.first = task
        return task

    def send(self, packet, to):
        self.sent += 1
        self.tasks[to].append(packet)

    def release(self, id):
        self.released += 1
        self.tasks[id].held = False

    def run(self):
        task = self.first
        while task is not None:
            if task.ready():
                task.runs += 1
                task.run(self)
                task = self.first
            else:
                task = task.next


def round():
    s = Scheduler()
    idle = s.add(Idle(0, None, 10000))
    worker = s.add(Worker(1, 10, idle))
    a = s.add(Handler(2, 20, worker, 4))
    b = s.add(Handler(3, 21, a, 5))
    s.add(Device(4, b, 2))
    s.add(Device(5, s.first, 3))
    for i in range(3):
        worker.append(Packet(0, 1))
    s.run()
    runs = 0
    for task in s.tasks:
        runs += task.runs
    return (s.sent * 31 + s.released * 7 + runs + a.sum + b.sum) % 1000003


def main():
    check = 0
    for i in range(N):
        check = (check * 3 + round()) % 1000003
    print(check)


main()
