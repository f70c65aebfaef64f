//! Tests of the operators on any values.
