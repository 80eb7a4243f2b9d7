"""One Language for each grammar of the family; they differ in nothing but grammar, query and suffixes.

What flows in: what a member of the family has of its own. What flows out: a Language.
"""

from typing import Final

from axon.languages import ecmascript as rules
from axon.languages.ecmascript_annotations import annotation
from axon.languages.ecmascript_expressions import SYNTAX
from axon.languages.ecmascript_imports import assigned_exports, exported_names, imports, type_modules
from axon.languages.ecmascript_library import LIBRARY
from axon.languages.ecmascript_modules import MANIFESTS, EcmascriptModules
from axon.languages.language import Language

# What the language has, what its runtimes have, what browsers have, and the types that every compiler knows.
_GLOBALS: Final = """
    AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError
    FinalizationRegistry Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array Intl Iterator
    JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set SharedArrayBuffer
    String Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef
    WeakSet decodeURI decodeURIComponent encodeURI encodeURIComponent escape eval globalThis isFinite isNaN parseFloat
    parseInt undefined unescape AsyncDisposableStack DisposableStack Float16Array SuppressedError

    AbortController AbortSignal Blob BroadcastChannel Buffer ByteLengthQueuingStrategy CountQueuingStrategy Crypto
    CustomEvent DOMException Event EventTarget FormData Headers MessageChannel MessageEvent MessagePort Performance
    ReadableStream Request Response TextDecoder TextEncoder TransformStream URL URLSearchParams WebAssembly WebSocket
    WritableStream atob btoa clearImmediate clearInterval clearTimeout console crypto fetch global performance process
    queueMicrotask require setImmediate setInterval setTimeout structuredClone Bun Deno CloseEvent CompressionStream
    CryptoKey DecompressionStream ErrorEvent EventSource Navigator PerformanceEntry PerformanceMark PerformanceMeasure
    ReadableStreamBYOBReader ReadableStreamDefaultController ReadableStreamDefaultReader Storage SubtleCrypto
    TextDecoderStream TextEncoderStream TransformStreamDefaultController WritableStreamDefaultController
    WritableStreamDefaultWriter reportError

    Audio DOMParser Document Element File FileList FileReader HTMLElement Image IntersectionObserver MutationObserver
    Node Notification Option PerformanceObserver ResizeObserver SharedWorker Worker XMLHttpRequest XMLSerializer alert
    cancelAnimationFrame cancelIdleCallback confirm customElements document getComputedStyle history indexedDB
    localStorage location matchMedia navigator postMessage prompt requestAnimationFrame requestIdleCallback
    sessionStorage window CSS CSSStyleSheet CustomElementRegistry DOMRect DataTransfer DocumentFragment DragEvent
    FocusEvent HTMLAnchorElement HTMLButtonElement HTMLCanvasElement HTMLDivElement HTMLFormElement HTMLIFrameElement
    HTMLImageElement HTMLInputElement HTMLSelectElement HTMLSpanElement HTMLTextAreaElement HTMLVideoElement
    InputEvent KeyboardEvent MouseEvent NodeList PointerEvent Range SVGElement Selection ShadowRoot Text TouchEvent
    WheelEvent Window

    Awaited Capitalize ConstructorParameters Exclude Extract InstanceType Lowercase NonNullable Omit OmitThisParameter
    Parameters Partial Pick PromiseLike PropertyKey Readonly ReadonlyArray ReadonlyMap ReadonlySet Record Required
    ReturnType ThisParameterType ThisType Uncapitalize Uppercase Iterable IterableIterator AsyncIterable
    AsyncIterableIterator AsyncGenerator Generator ArrayLike AsyncIterator ArrayBufferLike ArrayBufferView BodyInit
    BufferSource ErrorOptions HeadersInit IteratorResult NoInfer PropertyDescriptor PropertyDescriptorMap
    RegExpExecArray RegExpMatchArray RequestInfo RequestInit ResponseInit TemplateStringsArray TypedPropertyDescriptor
    WeakKey NodeJS
"""


_ROOT_MEMBERS: Final = frozenset(
    ["hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf"]
)


def ecmascript(
    *, name: str, suffixes: tuple[str, ...], grammar: str, query: str, more_queries: tuple[str, ...]
) -> Language:
    """A member of the family."""
    return Language(
        name=name,
        suffixes=suffixes,
        grammar=grammar,
        query=query,
        more_queries=more_queries,
        type_modules=type_modules,
        family="ecmascript",
        manifests=MANIFESTS,
        modules=EcmascriptModules,
        imports=imports,
        parameters=rules.parameters,
        targets=rules.targets,
        types=rules.types,
        docstring=lambda text, at: "",
        comment_before=rules.comment_before,
        module_docstring=rules.module_docstring,
        is_private=rules.is_private,
        plain_expression=rules.plain_expression,
        plain_name=rules.plain_name,
        modifiers=rules.modifiers,
        signature=rules.signature,
        value=rules.value,
        classify_function=rules.classify_function,
        is_test_path=rules.is_test_path,
        is_component=rules.is_component,
        exports_are_explicit=True,
        decisions=frozenset({b"if", b"for", b"while", b"case", b"catch", b"?"}),
        continuations=frozenset({b"else"}),
        logical=frozenset({b"&&", b"||", b"??"}),
        markup_names=frozenset({"React", "h", "createElement", "Fragment", "jsx"}),
        exported_names=exported_names,
        assigned_exports=assigned_exports,
        default_export=rules.DEFAULT,
        whole_words=frozenset({"exports", "module"}),
        whole_export=rules.WHOLE,
        whole_targets=frozenset({"module.exports"}),
        blocks_bind=True,
        defaults_run_when_called=True,
        receiver="this",
        super_of=rules.super_of,
        initializers=("constructor",),
        builtins=frozenset(_GLOBALS.split()),
        builtins_module="globalThis",
        root_class="globalThis.Object",
        root_members=_ROOT_MEMBERS,
        merges_declarations=True,
        statics_apart=True,
        values=SYNTAX,
        parts=rules.parts,
        returns=rules.returns,
        function_type=rules.function_type,
        annotation=annotation,
        library=LIBRARY,
        module_attributes=frozenset({"this", "super", "arguments", "exports", "module", "__dirname", "__filename"}),
    )
