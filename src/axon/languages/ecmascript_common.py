"""Method names of the builtin types of JavaScript, of Node's best-known classes and of what browsers have.

A receiver of which nothing is known may be an instance of any of them, so that such a name shows no class of a tree.
"""

from typing import Final

_NAMES: Final = """
    Console _stderrErrorHandler _stdoutErrorHandler abort add addAddress addContext addEventListener addListener
    addMembership addRange addRequest addSourceSpecificMembership addSubnet addTrailers address after all anchor
    animate any append appendChild appendHeader apply arrayBuffer asIndexedPairs asciiSlice asciiWrite assert assign
    assignSocket asyncId at attachShadow base64Slice base64Write base64urlSlice base64urlWrite before big bind blink
    blob blur bold bytes call cancel captureStream catch charAt charCodeAt check checkEmail checkHost checkIP
    checkIssued checkPrivateKey checkValidity clear clearLine clearMarks clearMeasures clearResourceTimings
    clearScreenDown clearTimeout click clone cloneNode close closeAllConnections closeIdleConnections closeSync
    closest codePointAt commit compare compareDocumentPosition compile compose composedPath computeSecret concat
    connect contains context copy copyWithin cork count countReset create createCachedData createComment
    createConnection createDocumentFragment createElement createElementNS createEvent createObjectURL createRange
    createSocket createTask createTextNode cursorTo debug decode decrypt delete deref deriveBits deriveKey destroy
    destroySoon detachSocket digest dir dirxml disable disableRenegotiation disconnect dispatchEvent done drop
    dropMembership dropSourceSpecificMembership elementFromPoint emit emitDestroy enableTrace encode encodeInto
    encrypt end endsWith enqueue enterWith entries equals error eventLoopUtilization eventNames every exec execute
    exit exportChallenge exportKey exportKeyingMaterial exportPublicKey fetch fill filter final finally find
    findIndex findLast findLastIndex fixed flat flatMap flush flushHeaders focus fontcolor fontsize forEach formData
    format formatRange formatRangeToParts formatToParts from generateKey generateKeys get getAll getArg getAttribute
    getAttributeNames getAuthTag getBigInt64 getBigUint64 getBoundingClientRect getCertificate getCipher
    getClientRects getComputedStyle getConnections getContext getCursorPos getDate getDay getElementById
    getElementsByClassName getElementsByTagName getEntries getEntriesByName getEntriesByType getEphemeralKeyInfo
    getFinished getFloat32 getFloat64 getFullYear getGenerator getHeader getHeaderNames getHeaders getHeapSnapshot
    getHours getInt16 getInt32 getInt8 getItem getMaxListeners getMilliseconds getMinutes getModifierState getMonth
    getName getPeerCertificate getPeerFinished getPeerX509Certificate getPrime getPrivateKey getPrompt getProtocol
    getPublicKey getRandomValues getRawHeaderNames getReader getRecvBufferSize getRootNode getSeconds getSelection
    getSendBufferSize getSendQueueCount getSendQueueSize getSession getSetCookie getSharedSigalgs getStore
    getTLSTicket getTicketKeys getTime getTimezoneOffset getUTCDate getUTCDay getUTCFullYear getUTCHours
    getUTCMilliseconds getUTCMinutes getUTCMonth getUTCSeconds getUint16 getUint32 getUint8 getWriter
    getX509Certificate getYear group groupCollapsed groupEnd grow has hasAttribute hasAttributes hasChildNodes
    hasHeader hasOwnProperty hasRef hexSlice hexWrite hide importKey importNode includes indexOf info initEvent
    insertAdjacentElement insertAdjacentHTML insertBefore insertCell insertRow inspect is isBlockDevice
    isCharacterDevice isConnected isDirectory isEqualNode isFIFO isFile isPaused isPrototypeOf isSameNode
    isSessionReused isSocket isSymbolicLink isWellFormed italics item iterator join json keepSocketAlive keys kill
    lastIndexOf latin1Slice latin1Write link listen listenerCount listeners localeCompare log map mark
    markResourceTiming match matchAll matches maximize measure minimize moveCursor next normalize now observe of off
    on onSocket once open padEnd padStart params parse parseHost pause pipe pipeThrough pipeTo play pop postMessage
    prepend prependListener prependOnceListener preventDefault processReadResult profile profileEnd prompt
    propertyIsEnumerable push pushState querySelector querySelectorAll question race randomUUID rawListeners read
    readBigInt64BE readBigInt64LE readBigUInt64BE readBigUInt64LE readBigUint64BE readBigUint64LE readDoubleBE
    readDoubleLE readFloatBE readFloatLE readInt16BE readInt16LE readInt32BE readInt32LE readInt8 readIntBE
    readIntLE readSync readSyncRecursive readUInt16BE readUInt16LE readUInt32BE readUInt32LE readUInt8 readUIntBE
    readUIntLE readUint16BE readUint16LE readUint32BE readUint32LE readUint8 readUintBE readUintLE reduce
    reduceRight ref register reject release releaseLock releasePointerCapture reload remoteAddress remove
    removeAllListeners removeAttribute removeChild removeEventListener removeHeader removeItem removeListener
    removeSocket renegotiate repeat replace replaceAll replaceChild replaceChildren replaceState replaceWith
    reportValidity request requestFullscreen reset resetAndDestroy resize resolve resolveObject resolvedOptions
    respond respondWithNewView resume return reuseSocket reverse rollback run runInAsyncScope runInContext
    runInNewContext runInThisContext scroll scrollBy scrollIntoView scrollTo search segment select selectRange send
    sendto set setAAD setAttribute setAuthTag setAutoPadding setBigInt64 setBigUint64 setBroadcast setCustomValidity
    setDate setDefaultEncoding setEncoding setFloat32 setFloat64 setFullYear setHeader setHeaders setHours setInt16
    setInt32 setInt8 setItem setKeepAlive setKeyCert setMaxListeners setMaxSendFragment setMilliseconds setMinutes
    setMonth setMulticastInterface setMulticastLoopback setMulticastTTL setNoDelay setOptions setPointerCapture
    setPrivateKey setPrompt setProperty setPublicKey setRecvBufferSize setResourceTimingBufferSize setSeconds
    setSecureContext setSelectionRange setSendBufferSize setServername setSession setSocketKeepAlive setTTL
    setTicketKeys setTime setTimeout setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds setUTCMinutes
    setUTCMonth setUTCSeconds setUint16 setUint32 setUint8 setYear shift showModal sign slice small some sort spawn
    splice split start startsWith stop stopImmediatePropagation stopPropagation stream strike stringify sub subarray
    submit substr substring sup swap16 swap32 swap64 table take takeRecords tee terminate test text then throw
    throwIfAborted time timeEnd timeLog timeStamp timerify toArray toDataURL toDateString toExponential toFixed
    toGMTString toISOString toJSON toLegacyObject toLocaleDateString toLocaleLowerCase toLocaleString
    toLocaleTimeString toLocaleUpperCase toLowerCase toPrecision toReversed toSorted toSpliced toString toTimeString
    toUTCString toUpperCase toWellFormed toggle toggleAttribute trace triggerAsyncId trim trimEnd trimLeft trimRight
    trimStart ucs2Slice ucs2Write uncork unobserve unpipe unref unregister unshift unwrapKey update utf8Slice
    utf8Write valueOf values verify verifySpkac warn with wrap wrapKey write writeBigInt64BE writeBigInt64LE
    writeBigUInt64BE writeBigUInt64LE writeBigUint64BE writeBigUint64LE writeContinue writeDoubleBE writeDoubleLE
    writeEarlyHints writeFloatBE writeFloatLE writeHead writeHeader writeInt16BE writeInt16LE writeInt32BE
    writeInt32LE writeInt8 writeIntBE writeIntLE writeProcessing writeUInt16BE writeUInt16LE writeUInt32BE
    writeUInt32LE writeUInt8 writeUIntBE writeUIntLE writeUint16BE writeUint16LE writeUint32BE writeUint32LE
    writeUint8 writeUintBE writeUintLE
"""

COMMON_METHODS: Final = frozenset(_NAMES.split())
