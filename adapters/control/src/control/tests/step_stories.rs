//! Each of the stepping rules, and the hard cases of stepping.

use super::story::{tell, tell_with};
use crate::control::StopScope;

#[test]
fn over_ends_at_the_next_statement_of_the_activation_and_not_in_what_it_calls() {
    tell(
        "
        > over main
        main op 1
        f call
        f begin 100
        f return main
        main op 2
        main begin 3          => next
    ",
    );
}

#[test]
fn over_is_not_ended_by_a_deeper_call_of_the_same_function() {
    tell(
        "
        > over fac1
        fac2 call
        fac2 begin 1
        fac3 call
        fac3 begin 1
        fac3 return fac2
        fac2 op 2
        fac2 return fac1
        fac1 op 2
        fac1 begin 3          => next
    ",
    );
}

#[test]
fn further_lines_and_the_exit_of_a_with_are_no_statements() {
    tell(
        "
        > over main
        main line 5
        main line 6
        main fall 7
        main line 4
        main begin 8          => next
    ",
    );
}

#[test]
fn a_loop_header_is_begun_again_by_a_jump_only() {
    tell(
        "
        > over main
        main fall 3
        main begin 4          => next
        > over main
        main jump 3           => next
    ",
    );
}

#[test]
fn over_a_return_ends_in_the_caller_within_its_statement() {
    tell(
        "
        > over f
        f op 1
        f return main
        main op 2             => result of f
        > over main
        main op 3
        g call
        g begin 100
        g return main
        main op 4
        main begin 5          => next
    ",
    );
}

#[test]
fn a_result_passes_library_code_on_its_way_to_the_caller() {
    tell(
        "
        > over lambda1
        lambda1 return main
        libsort op 1
        lambda2 call
        lambda2 line 1
        lambda2 return main
        libsort return main
        main op 2             => result of lambda1
    ",
    );
}

#[test]
fn into_at_the_end_of_a_callback_enters_the_next_one() {
    tell(
        "
        > into lambda1
        lambda1 return main
        libsort op 1
        lambda2 call
        lambda2 line 1        => next
    ",
    );
}

#[test]
fn the_last_return_of_a_thread_ends_its_step_without_a_stop() {
    tell(
        "
        > over main
        main return
        atexit call
        atexit begin 1
        other begin 2
    ",
    );
}

// Exceptions.

#[test]
fn over_a_line_that_raises_ends_at_the_handler() {
    // Case 1.
    tell(
        "
        > over f
        f raise E handled
        f leaves main
        main caught
        main op 1
        main begin 7          => handler
    ",
    );
    tell(
        "
        > out f
        g call
        g raise E handled
        g leaves f
        f caught
        f begin 2
        f raise E2 handled
        f leaves main
        main caught
        main begin 7          => handler
    ",
    );
}

#[test]
fn an_exception_that_passes_frames_ends_the_step_in_the_one_that_handles_it() {
    tell(
        "
        > over f
        f raise E handled
        f leaves main
        mid begin 50
        mid leaves main
        main begin 60
        main caught
        main op 61
        main begin 62         => handler
    ",
    );
}

#[test]
fn over_ends_at_a_finally_of_its_own() {
    tell(
        "
        > over f
        f raise E handled
        f begin 5             => next
        > over f
        f raise E handled
        f leaves main
        main caught
        main begin 9          => handler
    ",
    );
}

#[test]
fn an_exception_handled_in_the_activation_goes_to_its_except_clause() {
    tell(
        "
        > over main
        f call
        f raise E handled
        f leaves main
        main caught
        main op 6
        main begin 7          => next
    ",
    );
    tell(
        "
        > out main
        f raise E handled
        f leaves main
        main caught
        main begin 7
        main return top
        top op 1              => result of main
    ",
    );
}

#[test]
fn a_wrong_forecast_of_the_handler_does_not_lose_the_step() {
    tell(
        "
        > over f
        f leaves main
        main leaves top
        top caught
        top begin 3           => handler
    ",
    );
}

#[test]
fn an_exception_taken_by_library_code_ends_the_step_in_who_runs_on() {
    tell(
        "
        > over f
        f raise E unhandled
        f absorbed main
        libpool op 1
        main op 2             => handler
    ",
    );
}

#[test]
fn library_code_that_fails_after_it_got_the_result_does_not_lose_the_step() {
    tell(
        "
        > over lambda1
        lambda1 return main
        libsort raise E handled
        main caught
        main op 8
        main begin 9          => handler
    ",
    );
}

#[test]
fn an_uncaught_exception_ends_the_step_before_unwinding() {
    tell(
        "
        > over main
        f call
        f begin 3
        f raise E uncaught    => step uncaught
        > over f
        f begin 5             => next
        > over f
        f raise E uncaught
        f dies
        main dies
    ",
    );
}

#[test]
fn exceptions_of_other_threads_do_not_end_a_step() {
    tell(
        "
        > over main
        t2 worker raise E uncaught
        t2 worker dies
        main begin 2          => next
    ",
    );
}

#[test]
fn sys_exit_ends_the_program_not_the_step() {
    tell(
        "
        > over main
        main raise SystemExit uncaught
        main dies
    ",
    );
}

// Generators.

#[test]
fn over_a_yield_waits_for_the_generator() {
    // Case 2.
    tell(
        "
        > over g
        g op 3
        g yield main
        main op 8
        main begin 9
        main jump 8
        g resume
        g op 4
        g begin 5             => next
        > over g
        g return main
        main op 8             => result of g
    ",
    );
}

#[test]
fn a_generator_may_be_resumed_by_somebody_else() {
    tell(
        "
        > over g
        g yield main
        t2 worker begin 1
        t2 g resume
        t2 g begin 5          => next
    ",
    );
}

#[test]
fn a_step_in_a_generator_that_is_dropped_ends_where_it_was_dropped() {
    tell(
        "
        > over g
        g yield main
        main begin 9
        main begin 10
        g gone main
        main op 11            => lost
    ",
    );
    tell(
        "
        > over g
        g yield main
        g gone
        main begin 10
    ",
    );
}

#[test]
fn closing_a_generator_with_a_finally_stops_in_it() {
    // Case 6; and with `with` or `except` in the generator nothing else.
    tell(
        "
        > over g
        g yield main
        g throw
        g raise GeneratorExit handled
        g begin 6             => next
        > over g
        g absorbed main
        main op 12            => handler
    ",
    );
    tell(
        "
        > into main
        g throw
        g begin 6             => next
    ",
    );
}

#[test]
fn out_of_a_generator_goes_to_its_consumer_at_the_next_yield_or_return() {
    // Case 3.
    tell(
        "
        > out g
        g begin 2
        g begin 3
        g yield main
        main op 8             => result of g
    ",
    );
    tell(
        "
        > out g
        g return main
        main op 8             => result of g
    ",
    );
}

#[test]
fn into_a_generator_from_its_consumer_and_back() {
    // Case 4.
    tell(
        "
        > into main
        g call
        g begin 2             => next
        > into g
        g op 3
        g yield main
        main op 8
        main begin 9          => next
        > into main
        main jump 8           => next
        > into main
        g resume
        g begin 4             => next
    ",
    );
}

#[test]
fn a_generator_that_begins_no_statement_is_not_entered() {
    tell(
        "
        > into main
        g resume
        g op 5
        g return main
        main op 8
        main begin 10         => next
    ",
    );
}

#[test]
fn over_a_delegation_is_one_step_and_into_one_stops_in_the_delegate() {
    // Case 5. The delegate yields to the consumer; the generator that delegates does, too.
    tell(
        "
        > over outer
        inner call
        inner begin 2
        inner yield main
        outer yield main
        main begin 9
        outer resume
        inner resume
        inner return outer
        outer op 5
        outer begin 6         => next
    ",
    );
    tell(
        "
        > into inner
        inner yield main
        outer yield main
        main op 8
        main begin 9          => next
    ",
    );
    tell(
        "
        > into main
        outer resume
        inner resume
        inner begin 3         => next
    ",
    );
}

#[test]
fn an_exception_in_a_generator_ends_the_step_at_the_consumers_handler() {
    // Case 7.
    tell(
        "
        > over g
        g raise E handled
        g leaves main
        main caught
        main begin 11         => handler
    ",
    );
}

// Coroutines.

#[test]
fn over_an_await_waits_for_the_coroutine_and_not_for_other_tasks() {
    // Cases 9 and 11.
    tell(
        "
        > over task1
        leaf1 call
        leaf1 begin 1
        leaf1 await
        task1 await
        task2 resume
        task2 begin 5
        task2 await
        task1 resume
        leaf1 resume
        leaf1 return task1
        task1 op 6
        task1 begin 7         => next
    ",
    );
}

#[test]
fn into_does_not_enter_other_tasks_while_its_own_is_suspended() {
    tell(
        "
        > into task1
        task1 await
        task2 resume
        task2 begin 5
        libloop begin 1
        task1 resume
        task1 op 6
        task1 begin 7         => next
    ",
    );
}

#[test]
fn into_enters_an_awaited_coroutine() {
    tell(
        "
        > into task1
        leaf call
        leaf begin 1          => next
    ",
    );
}

#[test]
fn out_of_a_coroutine_passes_awaits_and_ends_in_its_awaiter() {
    // Case 10, also across tasks: the awaiter is suspended when it gets the result, on any thread.
    tell(
        "
        > out leaf
        leaf begin 2
        leaf await
        other begin 1
        leaf resume
        leaf begin 3
        leaf return awaiter
        other begin 2
        libloop op 1
        t2 awaiter resume
        t2 awaiter op 6       => result of leaf
    ",
    );
}

#[test]
fn a_failed_task_ends_the_step_at_the_handler_of_its_awaiter() {
    tell(
        "
        > over leaf
        leaf raise E unhandled
        leaf absorbed awaiter
        other begin 2
        awaiter throw
        awaiter op 5
        awaiter caught
        awaiter begin 8       => handler
    ",
    );
}

#[test]
fn out_of_an_async_generator_goes_to_its_consumer() {
    tell(
        "
        > out agen
        agen await
        agen resume
        agen yield main
        main op 3             => result of agen
    ",
    );
}

// Into.

#[test]
fn into_enters_user_code_that_library_code_calls_back() {
    tell(
        "
        > into main
        libsort call
        libsort begin 1
        lambda call
        lambda op 0
        lambda line 1         => next
    ",
    );
}

#[test]
fn from_library_code_a_step_goes_to_the_user_code_that_runs_next() {
    tell(
        "
        > over libloop
        libloop begin 2
        libloop line 3
        task resume
        task begin 5          => next
    ",
    );
    tell(
        "
        > over libf
        libf begin 2
        libf return main
        main op 3             => result of libf
    ",
    );
    tell(
        "
        > out libf
        callback call
        callback begin 1
        libf return main
        main op 3             => result of libf
    ",
    );
}

#[test]
fn into_with_nothing_to_enter_is_over() {
    tell(
        "
        > into main
        libjson call
        libjson begin 1
        libjson return main
        main op 3
        main begin 4          => next
    ",
    );
}

#[test]
fn into_enters_a_class_body_and_over_passes_it() {
    // Case 27.
    tell(
        "
        > into main
        A call
        A begin 3             => next
    ",
    );
    tell(
        "
        > over main
        A call
        A begin 3
        A return main
        main op 2
        main begin 8          => next
    ",
    );
}

#[test]
fn a_comprehension_is_part_of_its_statement_but_into_stops_at_each_element() {
    // Case 14.
    tell(
        "
        > over main
        main line 7
        main element 8
        main line 6
        main element 8
        main begin 9          => next
    ",
    );
    tell(
        "
        > into main
        main line 7
        main element 8        => next
        > into main
        main element 8        => next
        > into main
        main begin 9          => next
    ",
    );
}

#[test]
fn into_does_not_follow_other_threads() {
    tell(
        "
        > into main
        t2 worker call
        t2 worker begin 1
        main begin 2          => next
    ",
    );
}

#[test]
fn lambdas_are_stepped_by_lines() {
    tell(
        "
        > over lambda
        lambda op 3
        lambda line 4         => next
    ",
    );
}

// Granularity.

#[test]
fn lines_and_instructions() {
    // Case 19 and rule 9.
    tell(
        "
        > over/line main
        main begin 1          => next
        > over/line main
        main op 2
        main line 3           => next
        > over/op main
        f call
        f op 100
        f return main
        main op 4             => next
        > into/op main
        f2 call
        f2 op 100             => next
        > into/line main
        libf call
        libf line 1
        main line 5           => next
    ",
    );
}

// Threads.

#[test]
fn other_threads_run_on_and_a_stop_elsewhere_ends_the_step() {
    tell(
        "
        > over main
        t2 worker begin 1
        > t2 pause
        t2 worker safepoint   => pause
        main begin 2
    ",
    );
    tell_with(
        StopScope::OneThread,
        "
        > over main
        > t2 pause
        t2 worker safepoint   => pause
        main begin 2          => next
    ",
    );
}

#[test]
fn each_thread_may_have_its_own_step() {
    tell_with(
        StopScope::OneThread,
        "
        > over main
        > t2 over worker
        main begin 2          => next
        t2 worker begin 5     => next
    ",
    );
}

#[test]
fn a_step_ends_with_its_thread_unless_its_owner_is_suspended() {
    tell(
        "
        > t2 over worker
        > t2 exited
        t2 worker begin 5
    ",
    );
    tell(
        "
        > t2 over g
        t2 g yield worker
        > t2 exited
        g resume
        g begin 5             => next
    ",
    );
}

// Entry, pause, run.

#[test]
fn stop_on_entry_is_at_the_first_statement_of_user_code() {
    tell(
        "
        > entry
        libsite call
        libsite begin 1
        main call
        main op 0
        main begin 1          => entry
        main begin 2
    ",
    );
}

#[test]
fn pause_stops_at_the_next_safepoint_once() {
    tell(
        "
        main safepoint
        > pause
        t2 worker safepoint
        main safepoint        => pause
        main safepoint
        > pauseall
        t2 worker safepoint   => pause
        main safepoint
    ",
    );
}

#[test]
fn run_gives_up_steps() {
    tell(
        "
        > into main
        > pause
        > run
        f call
        f begin 1
        f safepoint
        main begin 2
    ",
    );
}

#[test]
fn evaluating_stops_nowhere() {
    tell(
        "
        > filters raised
        > into main
        > evaluate
        f call
        f begin 1
        f raise E uncaught
        > evaluated
        main begin 2          => next
    ",
    );
}

// Exception filters.

#[test]
fn raised_stops_once_for_one_exception() {
    tell(
        "
        > filters raised
        f raise E handled     => exception Caught
        f raise E handled
        main raise E handled
        main raise E uncaught => exception Uncaught
        f raise E2 unhandled  => exception UserUnhandled
        libf raise E3 unhandled hidden
        f raise StopIteration handled
        > filters raised flow
        f raise StopIteration handled => exception Caught
    ",
    );
}

#[test]
fn uncaught_and_unhandled_stop_before_unwinding() {
    tell(
        "
        > filters uncaught
        f raise E handled
        f raise E2 unhandled
        libf raise E3 uncaught hidden => exception Uncaught
        > filters unhandled
        f raise E4 handled
        f raise E4 unhandled  => exception UserUnhandled
        libf raise E5 unhandled hidden
    ",
    );
}

#[test]
fn an_exception_filter_goes_before_a_step() {
    tell(
        "
        > filters uncaught
        > over main
        main raise E uncaught => exception Uncaught
    ",
    );
}
