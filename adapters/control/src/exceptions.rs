//! Which raised exceptions stop, and that one exception is reported once. Where an exception will be caught is
//! a fact that comes with the event; it is not found out here.

use std::collections::VecDeque;

use lasti_engine::breakpoints::ExceptionFilters;
use lasti_engine::stop::ExceptionVerdict;

use crate::trace::{ExceptionClass, ExceptionId, Raise};

/// How many reported exceptions are remembered. More are rarely alive, and one that is forgotten is reported a
/// second time if it is raised anew.
const REMEMBERED: usize = 64;

/// The filters, and what was reported.
#[derive(Clone, Debug, Default)]
pub struct Exceptions {
    /// What the user wants.
    pub filters: ExceptionFilters,
    reported: VecDeque<(ExceptionId, ExceptionVerdict)>,
}

impl Exceptions {
    /// Whether any exception can stop.
    pub fn any(&self) -> bool {
        self.filters.raised || self.filters.uncaught || self.filters.user_unhandled
    }

    /// Whether this one stops. To be followed by [`Exceptions::report`] if it does stop.
    pub fn stops(&self, raise: &Raise) -> bool {
        self.asked_for(raise) && self.is_news(raise)
    }

    fn asked_for(&self, raise: &Raise) -> bool {
        let filters = self.filters;
        match raise.class {
            ExceptionClass::ControlFlow => {
                return filters.raised
                    && filters.include_control_flow
                    && raise.explicit
                    && raise.reaches_user_code;
            }
            ExceptionClass::SystemExit { success: true } => return false,
            ExceptionClass::Ordinary | ExceptionClass::SystemExit { success: false } => {}
        }
        filters.uncaught && raise.verdict == ExceptionVerdict::Uncaught
            || filters.user_unhandled
                && raise.verdict >= ExceptionVerdict::UserUnhandled
                && raise.reaches_user_code
            || filters.raised && raise.reaches_user_code
    }

    /// The worst verdict with which none stops, whatever else it is; none if each may.
    pub fn passes(&self) -> Option<ExceptionVerdict> {
        match self.filters {
            ExceptionFilters { raised: true, .. } => None,
            ExceptionFilters { user_unhandled: true, .. } => Some(ExceptionVerdict::Caught),
            _ => Some(ExceptionVerdict::UserUnhandled),
        }
    }

    /// Whether it was not reported yet, or is worse off than when it was.
    pub fn is_news(&self, raise: &Raise) -> bool {
        let mut reported = self.reported.iter();
        reported.all(|(exception, verdict)| *exception != raise.exception || raise.verdict > *verdict)
    }

    /// A thread stopped where this was raised.
    pub fn report(&mut self, raise: &Raise) {
        self.reported.retain(|(exception, _)| *exception != raise.exception);
        if self.reported.len() == REMEMBERED {
            self.reported.pop_front();
        }
        self.reported.push_back((raise.exception, raise.verdict));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ExceptionClass::{ControlFlow, Ordinary, SystemExit};
    use ExceptionVerdict::{Caught, Uncaught, UserUnhandled};

    fn raise(class: ExceptionClass, verdict: ExceptionVerdict, reaches_user_code: bool) -> Raise {
        Raise { exception: ExceptionId(1), class, explicit: true, verdict, reaches_user_code }
    }

    /// Which of raised, uncaught, userUnhandled stop, each alone.
    fn stopping(raise: &Raise) -> [bool; 3] {
        let off = ExceptionFilters::default();
        let filters = [
            ExceptionFilters { raised: true, ..off },
            ExceptionFilters { uncaught: true, ..off },
            ExceptionFilters { user_unhandled: true, ..off },
        ];
        filters.map(|filters| Exceptions { filters, ..Exceptions::default() }.stops(raise))
    }

    #[test]
    fn filters() {
        for (class, verdict, reaches_user_code, expected) in [
            (Ordinary, Caught, true, [true, false, false]),
            (Ordinary, UserUnhandled, true, [true, false, true]),
            (Ordinary, Uncaught, true, [true, true, true]),
            (Ordinary, UserUnhandled, false, [false, false, false]),
            (Ordinary, Uncaught, false, [false, true, false]),
            (ControlFlow, Caught, true, [false, false, false]),
            (ControlFlow, Uncaught, true, [false, false, false]),
            (SystemExit { success: true }, Uncaught, true, [false, false, false]),
            (SystemExit { success: false }, Uncaught, true, [true, true, true]),
        ] {
            assert_eq!(
                stopping(&raise(class, verdict, reaches_user_code)),
                expected,
                "{class:?} {verdict:?}"
            );
        }
    }

    #[test]
    fn what_passes_stops_nothing_whatever_the_filters() {
        let classes = [Ordinary, ControlFlow, SystemExit { success: true }, SystemExit { success: false }];
        let verdicts = [Caught, UserUnhandled, Uncaught];
        for bits in 0..16 {
            let filters = ExceptionFilters {
                raised: bits & 1 != 0,
                uncaught: bits & 2 != 0,
                user_unhandled: bits & 4 != 0,
                include_control_flow: bits & 8 != 0,
            };
            let exceptions = Exceptions { filters, ..Exceptions::default() };
            for (class, verdict) in
                classes.into_iter().flat_map(|class| verdicts.map(|verdict| (class, verdict)))
            {
                let stops = |reaches| exceptions.stops(&raise(class, verdict, reaches));
                let passes = exceptions.passes().is_some_and(|worst| verdict <= worst);
                assert!(!passes || !stops(false) && !stops(true), "{filters:?} {class:?} {verdict:?}");
            }
        }
    }

    #[test]
    fn control_flow_stops_only_where_it_is_raised_by_hand_and_wanted() {
        let filters =
            ExceptionFilters { raised: true, include_control_flow: true, ..ExceptionFilters::default() };
        let exceptions = Exceptions { filters, ..Exceptions::default() };
        let by_hand = raise(ControlFlow, Caught, true);
        assert!(exceptions.stops(&by_hand));
        assert!(!exceptions.stops(&Raise { explicit: false, ..by_hand }));
    }

    #[test]
    fn an_exception_is_reported_again_only_if_it_is_worse_off() {
        let filters = ExceptionFilters { raised: true, uncaught: true, ..ExceptionFilters::default() };
        let mut exceptions = Exceptions { filters, ..Exceptions::default() };
        let caught = raise(Ordinary, Caught, true);
        exceptions.report(&caught);
        assert!(!exceptions.stops(&caught), "raised anew by a finally");
        let worse = raise(Ordinary, Uncaught, true);
        assert!(exceptions.stops(&worse));
        exceptions.report(&worse);
        assert!(!exceptions.stops(&worse));
        assert!(exceptions.stops(&Raise { exception: ExceptionId(2), ..caught }));
        for other in 0..1000 {
            exceptions.report(&Raise { exception: ExceptionId(other + 10), ..caught });
        }
        assert_eq!(exceptions.reported.len(), REMEMBERED);
    }
}
