//! The exception types themselves: names, bases, and the fields that types have beyond BaseException's.

use crate::builtins::builtin_type;
use crate::errors::BaseException;
use crate::types::{TypeBuilder, TypeFlags, TypeObject};
use crate::vm::Vm;

builtin_type!(/** `BaseException` */ BASE_EXCEPTION, "BaseException", BaseException);
builtin_type!(/** `BaseExceptionGroup` */ BASE_EXCEPTION_GROUP, "BaseExceptionGroup", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `ExceptionGroup` */ EXCEPTION_GROUP, "ExceptionGroup", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `GeneratorExit` */ GENERATOR_EXIT, "GeneratorExit", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `KeyboardInterrupt` */ KEYBOARD_INTERRUPT, "KeyboardInterrupt", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `SystemExit` */ SYSTEM_EXIT, "SystemExit", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `Exception` */ EXCEPTION, "Exception", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `ArithmeticError` */ ARITHMETIC_ERROR, "ArithmeticError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `FloatingPointError` */ FLOATING_POINT_ERROR, "FloatingPointError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `OverflowError` */ OVERFLOW_ERROR, "OverflowError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `ZeroDivisionError` */ ZERO_DIVISION_ERROR, "ZeroDivisionError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `AssertionError` */ ASSERTION_ERROR, "AssertionError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `AttributeError` */ ATTRIBUTE_ERROR, "AttributeError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `BufferError` */ BUFFER_ERROR, "BufferError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `EOFError` */ EOF_ERROR, "EOFError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `ImportError` */ IMPORT_ERROR, "ImportError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `ModuleNotFoundError` */ MODULE_NOT_FOUND_ERROR, "ModuleNotFoundError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `LookupError` */ LOOKUP_ERROR, "LookupError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `IndexError` */ INDEX_ERROR, "IndexError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `KeyError` */ KEY_ERROR, "KeyError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `MemoryError` */ MEMORY_ERROR, "MemoryError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `NameError` */ NAME_ERROR, "NameError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `UnboundLocalError` */ UNBOUND_LOCAL_ERROR, "UnboundLocalError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `OSError` */ OS_ERROR, "OSError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `BlockingIOError` */ BLOCKING_IO_ERROR, "BlockingIOError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `ChildProcessError` */ CHILD_PROCESS_ERROR, "ChildProcessError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `ConnectionError` */ CONNECTION_ERROR, "ConnectionError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `BrokenPipeError` */ BROKEN_PIPE_ERROR, "BrokenPipeError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `ConnectionAbortedError` */ CONNECTION_ABORTED_ERROR, "ConnectionAbortedError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `ConnectionRefusedError` */ CONNECTION_REFUSED_ERROR, "ConnectionRefusedError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `ConnectionResetError` */ CONNECTION_RESET_ERROR, "ConnectionResetError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `FileExistsError` */ FILE_EXISTS_ERROR, "FileExistsError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `FileNotFoundError` */ FILE_NOT_FOUND_ERROR, "FileNotFoundError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `InterruptedError` */ INTERRUPTED_ERROR, "InterruptedError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `IsADirectoryError` */ IS_A_DIRECTORY_ERROR, "IsADirectoryError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `NotADirectoryError` */ NOT_A_DIRECTORY_ERROR, "NotADirectoryError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `PermissionError` */ PERMISSION_ERROR, "PermissionError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `ProcessLookupError` */ PROCESS_LOOKUP_ERROR, "ProcessLookupError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `TimeoutError` */ TIMEOUT_ERROR, "TimeoutError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `ReferenceError` */ REFERENCE_ERROR, "ReferenceError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `RuntimeError` */ RUNTIME_ERROR, "RuntimeError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `NotImplementedError` */ NOT_IMPLEMENTED_ERROR, "NotImplementedError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `PythonFinalizationError` */ PYTHON_FINALIZATION_ERROR, "PythonFinalizationError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `RecursionError` */ RECURSION_ERROR, "RecursionError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `StopAsyncIteration` */ STOP_ASYNC_ITERATION, "StopAsyncIteration", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `StopIteration` */ STOP_ITERATION, "StopIteration", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `SyntaxError` */ SYNTAX_ERROR, "SyntaxError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `_IncompleteInputError` */ INCOMPLETE_INPUT_ERROR, "_IncompleteInputError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `IndentationError` */ INDENTATION_ERROR, "IndentationError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `TabError` */ TAB_ERROR, "TabError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `SystemError` */ SYSTEM_ERROR, "SystemError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `TypeError` */ TYPE_ERROR, "TypeError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `ValueError` */ VALUE_ERROR, "ValueError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `UnicodeError` */ UNICODE_ERROR, "UnicodeError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `UnicodeDecodeError` */ UNICODE_DECODE_ERROR, "UnicodeDecodeError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `UnicodeEncodeError` */ UNICODE_ENCODE_ERROR, "UnicodeEncodeError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `UnicodeTranslateError` */ UNICODE_TRANSLATE_ERROR, "UnicodeTranslateError", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `Warning` */ WARNING, "Warning", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `BytesWarning` */ BYTES_WARNING, "BytesWarning", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `DeprecationWarning` */ DEPRECATION_WARNING, "DeprecationWarning", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `EncodingWarning` */ ENCODING_WARNING, "EncodingWarning", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `FutureWarning` */ FUTURE_WARNING, "FutureWarning", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `ImportWarning` */ IMPORT_WARNING, "ImportWarning", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `PendingDeprecationWarning` */ PENDING_DEPRECATION_WARNING, "PendingDeprecationWarning", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `ResourceWarning` */ RESOURCE_WARNING, "ResourceWarning", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `RuntimeWarning` */ RUNTIME_WARNING, "RuntimeWarning", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `SyntaxWarning` */ SYNTAX_WARNING, "SyntaxWarning", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `UnicodeWarning` */ UNICODE_WARNING, "UnicodeWarning", BaseException, on BASE_EXCEPTION);
builtin_type!(/** `UserWarning` */ USER_WARNING, "UserWarning", BaseException, on BASE_EXCEPTION);

/// Types with more fields, and the fields' names; derived types come before their bases.
pub(crate) static FIELDS: &[(&TypeObject, &[&str])] = &[
    (&BASE_EXCEPTION_GROUP, &["message", "exceptions", "exceptions_str"]),
    (&SYSTEM_EXIT, &["code"]),
    (&STOP_ITERATION, &["value"]),
    (&IMPORT_ERROR, &["msg", "name", "path", "name_from"]),
    (&NAME_ERROR, &["name"]),
    (&ATTRIBUTE_ERROR, &["obj", "name"]),
    (&OS_ERROR, &["errno", "strerror", "filename", "filename2", "characters_written"]),
    (
        &SYNTAX_ERROR,
        &[
            "msg",
            "filename",
            "lineno",
            "offset",
            "text",
            "end_lineno",
            "end_offset",
            "print_file_and_line",
            "_metadata",
        ],
    ),
    (&UNICODE_ERROR, &["encoding", "object", "start", "end", "reason"]),
];

/// All exception types with their bases and docstrings, bases first.
static TREE: &[(&TypeObject, &TypeObject, &str)] = &[
    (&BASE_EXCEPTION_GROUP, &BASE_EXCEPTION, "A combination of multiple unrelated exceptions."),
    (&GENERATOR_EXIT, &BASE_EXCEPTION, "Request that a generator exit."),
    (&KEYBOARD_INTERRUPT, &BASE_EXCEPTION, "Program interrupted by user."),
    (&SYSTEM_EXIT, &BASE_EXCEPTION, "Request to exit from the interpreter."),
    (&EXCEPTION, &BASE_EXCEPTION, "Common base class for all non-exit exceptions."),
    (&ARITHMETIC_ERROR, &EXCEPTION, "Base class for arithmetic errors."),
    (&FLOATING_POINT_ERROR, &ARITHMETIC_ERROR, "Floating-point operation failed."),
    (&OVERFLOW_ERROR, &ARITHMETIC_ERROR, "Result too large to be represented."),
    (&ZERO_DIVISION_ERROR, &ARITHMETIC_ERROR, "Second argument to a division or modulo operation was zero."),
    (&ASSERTION_ERROR, &EXCEPTION, "Assertion failed."),
    (&ATTRIBUTE_ERROR, &EXCEPTION, "Attribute not found."),
    (&BUFFER_ERROR, &EXCEPTION, "Buffer error."),
    (&EOF_ERROR, &EXCEPTION, "Read beyond end of file."),
    (&IMPORT_ERROR, &EXCEPTION, "Import can't find module, or can't find name in module."),
    (&MODULE_NOT_FOUND_ERROR, &IMPORT_ERROR, "Module not found."),
    (&LOOKUP_ERROR, &EXCEPTION, "Base class for lookup errors."),
    (&INDEX_ERROR, &LOOKUP_ERROR, "Sequence index out of range."),
    (&KEY_ERROR, &LOOKUP_ERROR, "Mapping key not found."),
    (&MEMORY_ERROR, &EXCEPTION, "Out of memory."),
    (&NAME_ERROR, &EXCEPTION, "Name not found globally."),
    (&UNBOUND_LOCAL_ERROR, &NAME_ERROR, "Local name referenced but not bound to a value."),
    (&OS_ERROR, &EXCEPTION, "Base class for I/O related errors."),
    (&BLOCKING_IO_ERROR, &OS_ERROR, "I/O operation would block."),
    (&CHILD_PROCESS_ERROR, &OS_ERROR, "Child process error."),
    (&CONNECTION_ERROR, &OS_ERROR, "Connection error."),
    (&BROKEN_PIPE_ERROR, &CONNECTION_ERROR, "Broken pipe."),
    (&CONNECTION_ABORTED_ERROR, &CONNECTION_ERROR, "Connection aborted."),
    (&CONNECTION_REFUSED_ERROR, &CONNECTION_ERROR, "Connection refused."),
    (&CONNECTION_RESET_ERROR, &CONNECTION_ERROR, "Connection reset."),
    (&FILE_EXISTS_ERROR, &OS_ERROR, "File already exists."),
    (&FILE_NOT_FOUND_ERROR, &OS_ERROR, "File not found."),
    (&INTERRUPTED_ERROR, &OS_ERROR, "Interrupted by signal."),
    (&IS_A_DIRECTORY_ERROR, &OS_ERROR, "Operation doesn't work on directories."),
    (&NOT_A_DIRECTORY_ERROR, &OS_ERROR, "Operation only works on directories."),
    (&PERMISSION_ERROR, &OS_ERROR, "Not enough permissions."),
    (&PROCESS_LOOKUP_ERROR, &OS_ERROR, "Process not found."),
    (&TIMEOUT_ERROR, &OS_ERROR, "Timeout expired."),
    (&REFERENCE_ERROR, &EXCEPTION, "Weak ref proxy used after referent went away."),
    (&RUNTIME_ERROR, &EXCEPTION, "Unspecified run-time error."),
    (&NOT_IMPLEMENTED_ERROR, &RUNTIME_ERROR, "Method or function hasn't been implemented yet."),
    (&PYTHON_FINALIZATION_ERROR, &RUNTIME_ERROR, "Operation blocked during Python finalization."),
    (&RECURSION_ERROR, &RUNTIME_ERROR, "Recursion limit exceeded."),
    (&STOP_ASYNC_ITERATION, &EXCEPTION, "Signal the end from iterator.__anext__()."),
    (&STOP_ITERATION, &EXCEPTION, "Signal the end from iterator.__next__()."),
    (&SYNTAX_ERROR, &EXCEPTION, "Invalid syntax."),
    (&INCOMPLETE_INPUT_ERROR, &SYNTAX_ERROR, "incomplete input."),
    (&INDENTATION_ERROR, &SYNTAX_ERROR, "Improper indentation."),
    (&TAB_ERROR, &INDENTATION_ERROR, "Improper mixture of spaces and tabs."),
    (
        &SYSTEM_ERROR,
        &EXCEPTION,
        "Internal error in the Python interpreter.\n\nPlease report this to the Python maintainer, along with the traceback,\nthe Python version, and the hardware/OS platform and version.",
    ),
    (&TYPE_ERROR, &EXCEPTION, "Inappropriate argument type."),
    (&VALUE_ERROR, &EXCEPTION, "Inappropriate argument value (of correct type)."),
    (&UNICODE_ERROR, &VALUE_ERROR, "Unicode related error."),
    (&UNICODE_DECODE_ERROR, &UNICODE_ERROR, "Unicode decoding error."),
    (&UNICODE_ENCODE_ERROR, &UNICODE_ERROR, "Unicode encoding error."),
    (&UNICODE_TRANSLATE_ERROR, &UNICODE_ERROR, "Unicode translation error."),
    (&WARNING, &EXCEPTION, "Base class for warning categories."),
    (
        &BYTES_WARNING,
        &WARNING,
        "Base class for warnings about bytes and buffer related problems, mostly\nrelated to conversion from str or comparing to str.",
    ),
    (&DEPRECATION_WARNING, &WARNING, "Base class for warnings about deprecated features."),
    (&ENCODING_WARNING, &WARNING, "Base class for warnings about encodings."),
    (
        &FUTURE_WARNING,
        &WARNING,
        "Base class for warnings about constructs that will change semantically\nin the future.",
    ),
    (&IMPORT_WARNING, &WARNING, "Base class for warnings about probable mistakes in module imports"),
    (
        &PENDING_DEPRECATION_WARNING,
        &WARNING,
        "Base class for warnings about features which will be deprecated\nin the future.",
    ),
    (&RESOURCE_WARNING, &WARNING, "Base class for warnings about resource usage."),
    (&RUNTIME_WARNING, &WARNING, "Base class for warnings about dubious runtime behavior."),
    (&SYNTAX_WARNING, &WARNING, "Base class for warnings about dubious syntax."),
    (
        &UNICODE_WARNING,
        &WARNING,
        "Base class for warnings about Unicode related problems, mostly\nrelated to conversion problems.",
    ),
    (&USER_WARNING, &WARNING, "Base class for warnings generated by user code."),
];

/// All exception types that programs know by name, bases first.
pub(crate) fn all() -> impl Iterator<Item = &'static TypeObject> {
    [&BASE_EXCEPTION, &EXCEPTION_GROUP].into_iter().chain(TREE.iter().map(|&(ty, _, _)| ty))
}

pub(super) fn init(vm: &Vm) {
    let flags = TypeFlags::BASETYPE | TypeFlags::EXCEPTION;
    let base: &'static TypeObject = &BASE_EXCEPTION;
    super::base::customize(base);
    TypeBuilder::new(vm, base)
        .doc("Common base class for all exceptions")
        .flags(flags)
        .properties(super::base::PROPERTIES)
        .methods(super::base::METHODS)
        .with_dict()
        .ready();
    for &(ty, base, doc) in TREE {
        super::base::customize(ty);
        let mut builder = TypeBuilder::new(vm, ty).doc(doc).base(base).flags(flags);
        for (properties, methods) in [
            super::simple::customize(ty),
            super::os_error::customize(ty),
            super::syntax_error::customize(ty),
            super::unicode::customize(ty),
            super::group::customize(ty),
        ] {
            builder = builder.properties(properties).methods(methods);
        }
        builder.ready();
    }
}
