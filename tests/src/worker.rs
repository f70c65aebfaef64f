//! Running programs in processes of their own.
//!
//! A worker is this same executable, started again: it reads jobs from its standard input, runs
//! them one after the other in-process and answers on its standard output. That is as fast as
//! calling the engine directly, and a crash or a hang takes only the worker with it: the job fails,
//! and the next one gets a new worker.
//!
//! A message is a row of byte strings: their count, then each one's length and its bytes; numbers
//! are 32 bits, least byte first.

use std::env;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::language::Language;
use crate::mode::Mode;
use crate::outcome::{Outcome, Stats};

/// Set in the environment of workers.
const MARK: &str = "HOLLOWAY_TEST_WORKER";

/// A message: a row of byte strings.
type Message = Vec<Vec<u8>>;

/// A program to run.
#[derive(Debug, Clone)]
pub struct Job<'a> {
    /// What it is written in.
    pub language: Language,
    /// The name that messages show for it.
    pub file: &'a str,
    /// Its text.
    pub source: &'a str,
    /// Its arguments.
    pub args: &'a [String],
    /// Its input.
    pub stdin: &'a str,
    /// How large its heap may get, in MiB.
    pub heap: Option<usize>,
    /// How to run it.
    pub mode: &'a Mode,
}

/// Workers that wait for jobs.
pub struct Pool {
    idle: Mutex<Vec<Worker>>,
    limit: Duration,
}

/// A process that runs jobs.
struct Worker {
    child: Child,
    stdin: BufWriter<ChildStdin>,
    answers: Receiver<io::Result<Message>>,
}

impl Pool {
    /// A pool whose jobs may take as long as `limit`.
    pub fn new(limit: Duration) -> Pool {
        Pool { idle: Mutex::new(Vec::new()), limit }
    }

    /// Runs a job. An error says that the engine crashed or did not come to an end.
    pub fn run(&self, job: &Job<'_>) -> Result<Outcome, String> {
        let idle = self.lock().pop();
        let mut worker = match idle {
            Some(worker) => worker,
            None => Worker::start().map_err(|e| format!("cannot start a worker: {e}"))?,
        };
        let answer = worker.run(job, self.limit)?;
        self.lock().push(worker);
        let outcome = decode(&answer).ok_or("a worker gave a broken answer")?;
        if crate::engine::broke(&outcome) {
            return Err(format!("the engine panicked: {}", outcome.stderr));
        }
        Ok(outcome)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Worker>> {
        self.idle.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Worker {
    fn start() -> io::Result<Worker> {
        let mut command = Command::new(env::current_exe()?);
        command.env(MARK, "1").env_remove("HOLLOWAY_JIT").env_remove("HOLLOWAY_LOG");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let missing = || io::Error::other("a worker has no pipes");
        let stdin = BufWriter::new(child.stdin.take().ok_or_else(missing)?);
        let mut stdout = BufReader::new(child.stdout.take().ok_or_else(missing)?);
        let (sender, answers) = channel();
        thread::spawn(move || {
            loop {
                let message = receive(&mut stdout);
                let last = message.is_err();
                if sender.send(message).is_err() || last {
                    break;
                }
            }
        });
        Ok(Worker { child, stdin, answers })
    }

    fn run(&mut self, job: &Job<'_>, limit: Duration) -> Result<Message, String> {
        if send(&mut self.stdin, &encode(job)).is_err() {
            return Err(self.died());
        }
        match self.answers.recv_timeout(limit) {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => Err(self.died()),
            Err(RecvTimeoutError::Timeout) => {
                Err(format!("no end after {} seconds", limit.as_secs()))
            }
        }
    }

    fn died(&mut self) -> String {
        match self.child.wait() {
            Ok(status) => format!("the engine crashed: {status}"),
            Err(e) => format!("the engine crashed: {e}"),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may be gone already; there is nothing to do about that.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Does the work of a worker if this process is one, and then does not return. Call it first in
/// `main`.
pub fn serve() {
    if env::var_os(MARK).is_none() {
        return;
    }
    crate::engine::keep_panics();
    let mut stdin = BufReader::new(io::stdin().lock());
    let mut stdout = BufWriter::new(io::stdout().lock());
    while let Ok(request) = receive(&mut stdin) {
        let answer = answer(&request).unwrap_or_default();
        if send(&mut stdout, &answer).is_err() {
            break;
        }
    }
    std::process::exit(0);
}

/// Runs the job that a request asks for.
fn answer(request: &Message) -> Option<Message> {
    let mut fields = request.iter().map(|f| String::from_utf8_lossy(f).into_owned());
    let mut next = || fields.next();
    let (file, source, stdin) = (next()?, next()?, next()?);
    let mode = Mode { name: next()?, engine: next()?, jit: next()? };
    let heap = next()?.parse().ok();
    let language = Language::named(&next()?)?;
    let args: Vec<String> = fields.collect();
    let (file, source, stdin) = (&file, &source, &stdin);
    let job = Job { language, file, source, args: &args, stdin, heap, mode: &mode };
    let got = crate::engine::run(&job);
    let Stats { loops, bridges, aborts } = got.stats;
    let mut answer = vec![got.stdout.into_bytes(), got.stderr.into_bytes()];
    answer.push(got.status.to_string().into_bytes());
    answer.extend([loops, bridges, aborts].map(|n| n.to_string().into_bytes()));
    Some(answer)
}

fn encode(job: &Job<'_>) -> Message {
    let mode = job.mode;
    let heap = job.heap.map_or_else(String::new, |heap| heap.to_string());
    let language = job.language.name();
    let fields =
        [job.file, job.source, job.stdin, &mode.name, &mode.engine, &mode.jit, &heap, language];
    let args = job.args.iter().map(String::as_str);
    fields.into_iter().chain(args).map(|f| f.as_bytes().to_vec()).collect()
}

fn decode(answer: &Message) -> Option<Outcome> {
    let text = |i: usize| answer.get(i).map(|f| String::from_utf8_lossy(f).into_owned());
    let number = |i: usize| text(i)?.parse().ok();
    let stats = Stats { loops: number(3)?, bridges: number(4)?, aborts: number(5)? };
    Some(Outcome { stdout: text(0)?, stderr: text(1)?, status: text(2)?.parse().ok()?, stats })
}

fn send(to: &mut impl Write, message: &Message) -> io::Result<()> {
    let length = |n: usize| u32::try_from(n).map(u32::to_le_bytes).map_err(io::Error::other);
    to.write_all(&length(message.len())?)?;
    for field in message {
        to.write_all(&length(field.len())?)?;
        to.write_all(field)?;
    }
    to.flush()
}

fn receive(from: &mut impl Read) -> io::Result<Message> {
    let mut number = || -> io::Result<u32> {
        let mut bytes = [0; 4];
        from.read_exact(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    };
    let count = number()?;
    let mut message = Vec::new();
    for _ in 0..count {
        let mut length = [0; 4];
        from.read_exact(&mut length)?;
        let mut field = Vec::new();
        from.by_ref().take(u64::from(u32::from_le_bytes(length))).read_to_end(&mut field)?;
        message.push(field);
    }
    Ok(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_survive_the_pipe() {
        let message = vec![b"one".to_vec(), Vec::new(), vec![0, 255, 10]];
        let mut bytes = Vec::new();
        send(&mut bytes, &message).unwrap();
        assert_eq!(receive(&mut bytes.as_slice()).unwrap(), message);
    }
}
