//! The numbers of `range(..)`, one after the other.
//!
//! `for i in range(..)` goes through them without an array. Bounds and step may be of any size; as long
//! as they fit words, no large int is made.

use dashu_int::{IBig, Sign};
use holloway::Val;

use crate::error::{Error, Result};
use crate::host::Host;
use crate::value::big::{from_ibig, to_ibig};
use crate::value::type_name;

/// What is left of a range.
#[derive(Clone, Debug, PartialEq)]
pub enum Range {
    /// All three are words.
    Words {
        /// The next number, if it lies before the end.
        next: i64,
        /// The first number that does not belong to it.
        end: i64,
        /// The difference of two numbers, not zero.
        step: i64,
    },
    /// One of them is large.
    Bigs(Box<[IBig; 3]>),
}

impl Range {
    /// The range of these one to three arguments.
    pub fn new(host: &Host, arguments: &[Val]) -> Result<Range> {
        let int = |value: Val| {
            let message = || format!("range takes ints, not {}", type_name(value));
            to_ibig(&host.heap, value).ok_or_else(|| Error::wrong_type(message()))
        };
        let (start, end, step) = match *arguments {
            [end] => (Val::int(0), end, Val::int(1)),
            [start, end] => (start, end, Val::int(1)),
            [start, end, step] => (start, end, step),
            _ => return Err(Error::arguments("range", "1 to 3", arguments.len())),
        };
        let range = match (start.as_int(), end.as_int(), step.as_int()) {
            (Some(next), Some(end), Some(step)) => Range::Words { next, end, step },
            _ => Range::Bigs(Box::new([int(start)?, int(end)?, int(step)?])),
        };
        let zero = match &range {
            Range::Words { step, .. } => *step == 0,
            Range::Bigs(numbers) => numbers[2].is_zero(),
        };
        if zero { Err(Error::value("the step of a range is 0")) } else { Ok(range) }
    }

    /// The next number.
    #[inline]
    pub fn next(&mut self, host: &mut Host) -> Result<Option<Val>> {
        match self {
            Range::Words { next, end, step } => {
                let number = *next;
                if if *step > 0 { number >= *end } else { number <= *end } {
                    return Ok(None);
                }
                // A number beyond the words is beyond the end as well.
                *next = number.checked_add(*step).unwrap_or(*end);
                Ok(Some(Val::int(number)))
            }
            Range::Bigs(numbers) => {
                let [next, end, step] = &mut **numbers;
                let up = step.sign() == Sign::Positive;
                if if up { *next >= *end } else { *next <= *end } {
                    return Ok(None);
                }
                let number = from_ibig(&mut host.heap, next)?;
                *next += &*step;
                Ok(Some(number))
            }
        }
    }

    /// How many numbers are left; `None` if they are more than a word can say.
    pub fn count(&self) -> Option<u64> {
        let [next, end, step] = match self {
            Range::Words { next, end, step } => {
                [IBig::from(*next), IBig::from(*end), IBig::from(*step)]
            }
            Range::Bigs(numbers) => (**numbers).clone(),
        };
        let (distance, step) =
            if step.sign() == Sign::Positive { (end - next, step) } else { (next - end, -step) };
        if distance.sign() == Sign::Negative || distance.is_zero() {
            return Some(0);
        }
        u64::try_from((distance - IBig::ONE) / step + IBig::ONE).ok()
    }
}
