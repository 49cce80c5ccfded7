/**
 * What the options of other libraries are called here: those of axios, got, ky, fetch, undici, node-fetch, superagent,
 * node:http, and of requests, urllib3 and httpx in Python. A name, or a clause that says what to write. Pure.
 */
import type { Elsewhere } from "../core/suggest.ts";

const ADAPTER = "write session.mount(prefix, new HttpAdapter({ … })), which has";

/** Options of a request, a scope or a session. */
export const optionsElsewhere: Elsewhere = new Map(
  Object.entries({
    // the URL
    url: "write the URL before the options: get(url, options)",
    uri: "write the URL before the options: get(url, options)",
    method: "write the method as a call of its own: post(url, options), or request(method, url, options)",
    path: "write the path into the URL",
    host: "write the host into the URL",
    hostname: "write the host into the URL",
    port: "write the port into the URL",
    protocol: "write the scheme into the URL",
    origin: "baseUrl",
    baseurl: "baseUrl",
    prefixurl: "baseUrl",
    prefix: "baseUrl",
    allowabsoluteurls:
      "write baseUrl: an absolute URL stands for itself, without what is the session's alone",
    query: "params",
    qs: "params",
    search: "params",
    searchparams: "params",
    querystring: "params",
    searchparam: "params",
    usequerystring: "write params as a text that is encoded already, or as a list of pairs",
    paramsserializer: "write params as a text that is encoded already, or as a list of pairs",

    // the body
    body: "write data for a body as it is or a form, json for a value that is to be written as JSON",
    content: "data",
    payload: "write json, or data for a body as it is",
    form: "write data: a record, pairs or URLSearchParams are sent as a form",
    formdata: "write data: a FormData, or files",
    formserializer: "write data as FormData, or files",
    multipart: "files",
    attachments: "files",
    fields: "data",
    send: "write json, or data for a body as it is",
    allowgetbody: "write data or json: a GET may have one",
    transformrequest: "write the request hook: hooks: { request }",
    stringifyjson: "write data: the text of your own, with its Content-Type in headers",
    duplex: "leave it out: a stream is sent while it is read",

    text: "write data: text for a body; a response has text()",
    chunked: "leave it out: a stream whose length is not known is sent in chunks",
    strictcontentlength: "leave it out: a body is always held to its Content-Length",
    highwatermark:
      "leave it out: a stream is read as fast as it is sent, and a streamed response as fast as you read",

    // header fields
    copypipedheaders: "leave it out: no header of a stream is taken over; write headers",
    uniqueheaders: "leave it out: a record of headers sends each of them once",
    header: "headers",
    type: 'write headers: { "Content-Type": … }',
    contenttype: 'write headers: { "Content-Type": … }',
    accept: "write headers: { Accept: … }",
    useragent: 'write headers: { "User-Agent": … }',
    referrer: "write headers: { Referer: … }",
    referer: "write headers: { Referer: … }",
    referrerpolicy: "write headers: { Referer: … }, or leave it out: none is sent by itself",
    setdefaultheaders: "write headers: null for none of the session's",
    sethost: "write headers: { Host: … }",

    // credentials
    username: "write auth: [user, password]",
    user: "write auth: [user, password]",
    password: "write auth: [user, password]",
    pass: "write auth: [user, password]",
    credentials: "write auth for credentials, cookies: false for a request without cookies",
    token: "write auth: new HttpBearerAuth(token)",
    bearer: "write auth: new HttpBearerAuth(token)",
    apikey: "write it into headers or params",
    oauth: "write auth: new HttpBearerAuth(token), or see sojourn/oauth2",
    withcredentials: "leave it out: it matters in browsers only, and a session keeps its cookies",
    withxsrftoken: "leave it out: it matters in browsers only",
    xsrfcookiename:
      "leave it out: it matters in browsers only; a request hook can copy a cookie into a header",
    xsrfheadername:
      "leave it out: it matters in browsers only; a request hook can copy a cookie into a header",
    mode: "leave it out: it matters in browsers only",
    priority: "leave it out: it matters in browsers only",
    window: "leave it out: it matters in browsers only",
    keepalive: "leave it out: connections are kept as long as the session is open",
    forever: "leave it out: connections are kept as long as the session is open",
    reset: 'write headers: { Connection: "close" }',

    // cookies
    jar: "cookies",
    cookie: "cookies",
    cookiejar: "cookies",
    ignoreinvalidcookies:
      "leave it out: cookies that are refused end no request; the cookieRefused hook hears of them",

    // time
    requesttimeout: "write timeout: { total } in milliseconds",
    totaltimeout: "write timeout: { total } in milliseconds",
    deadline: "write timeout: { total } in milliseconds",
    connecttimeout: "write timeout: { connect } in milliseconds",
    headerstimeout: "write timeout: { read } in milliseconds: the longest silence",
    bodytimeout: "write timeout: { read } in milliseconds: the longest silence",
    readtimeout: "write timeout: { read } in milliseconds: the longest silence",
    sockettimeout: "write timeout: { read } in milliseconds: the longest silence",
    timeoutms: "timeout",
    timeouterrormessage: "catch the Timeout, and make an error of your own of it",
    canceltoken: "signal",
    abortsignal: "signal",
    abortcontroller: "write signal: controller.signal",

    // redirects
    redirect: "allowRedirects",
    redirects: "write allowRedirects, or maxRedirects of the session",
    follow: "write allowRedirects, or maxRedirects of the session",
    followredirect: "allowRedirects",
    followredirects: "allowRedirects",
    followallredirects: "allowRedirects",
    allowredirect: "allowRedirects",
    maxredirections: "maxRedirects",
    methodrewriting: "write the redirect hook, which may return another request",
    beforeredirect: "write the redirect hook: hooks: { redirect }",
    sensitiveheaders:
      "leave it out: no header of yours goes to another origin, unless crossOriginHeaders names it",

    // the response
    responsetype:
      "leave it out: a response has text(), json(), bytes() and blob(); stream: true gives it unread",
    responseencoding: "leave it out: set response.encoding before text()",
    encoding: "leave it out: set response.encoding before text()",
    defaultencoding: "detectEncoding",
    resolvebodyonly: "write await get(url).json(), .text() or .bytes()",
    isstream: "write stream: true",
    buffer: "leave it out: a response has bytes()",
    raw: "write stream: true, and read rawBody",
    decompress:
      "leave it out: codings are always taken off; stream: true and rawBody give the body as it came",
    compress: "leave it out: codings are always taken off; stream: true and rawBody give the body as it came",
    gzip: "leave it out: codings are always taken off; stream: true and rawBody give the body as it came",
    decodecontent:
      "leave it out: codings are always taken off; stream: true and rawBody give the body as it came",
    preloadcontent: "write stream: true for a body that is not read at once",
    validatestatus: "call response.raiseForStatus(), in a response hook for all of them",
    throwhttperrors: "call response.raiseForStatus(), in a response hook for all of them",
    throwonerror: "call response.raiseForStatus(), in a response hook for all of them",
    raiseforstatus: "call response.raiseForStatus(), in a response hook for all of them",
    ignoreresponseerror: "leave it out: a status is no error before response.raiseForStatus()",
    transformresponse: "write the response hook: hooks: { response }, or await get(url).json(schema)",
    parsejson: "write await get(url).json(schema), or read text()",
    parsereviver: "write await get(url).json(schema), or read text()",
    parse: "write await get(url).json(schema), or read text()",
    ok: "call response.raiseForStatus(), in a response hook for all of them",
    parseresponse: "write await get(url).json(schema), or read text()",
    schema: "write await get(url).json(schema)",
    integrity: "it is an option of fetch, and of toFetch()",
    cache: "there is no cache yet",
    cacheoptions: "there is no cache yet",

    simple: "call response.raiseForStatus(), in a response hook for all of them",
    resolvewithfullresponse: "leave it out: a call gives the whole response",
    transform: "write the response hook: hooks: { response }, or await get(url).json(schema)",
    transitional: "leave it out: what is no JSON and what takes too long are errors of their own",

    // limits and progress
    maxcontentlength: "maxBodyBytes",
    maxresponsesize: "maxBodyBytes",
    maxresponsebytes: "maxBodyBytes",
    size: "maxBodyBytes",
    maxbodylength: "leave it out: what is sent has no limit; maxBodyBytes is for what comes",
    maxrate: "there is no limit of rate yet",
    onuploadprogress: "onProgress",
    ondownloadprogress: "onProgress",
    progress: "onProgress",

    // retries
    retries: "retry",
    maxretries: "retry",
    retrylimit: "retry",
    retrydelay: "write retry: new Retry({ total, backoffFactor })",
    retrystatuscodes: "write retry: new Retry({ total, statusForcelist })",
    retrycondition: "write retry: new Retry({ total, statusForcelist, allowedMethods })",
    idempotent: "write idempotencyKey, or retry: new Retry({ allowedMethods })",

    // hooks
    eventhooks: "hooks",
    interceptors: "write hooks: { request, response, error }",
    beforerequest: "write hooks: { request }",
    afterresponse: "write hooks: { response }",
    beforeretry: "write hooks: { retry }",
    beforeerror: "write hooks: { error }",
    onrequest: "write hooks: { request }",
    onresponse: "write hooks: { response }",
    onrequesterror: "write hooks: { error }",
    onresponseerror: "write hooks: { response } and call raiseForStatus() in it",
    oninfo: "write hooks: { informational }",
    logger: "write hooks: { request, response, retry, error }, or logTo(session, logger) of sojourn/terminal",
    redact: "leave it out: errors and printed objects show no secrets",
    pagination: "follow response.links.next.url in a loop",
    context: "leave it out: AsyncLocalStorage goes along into hooks",

    // proxies
    proxyurl: "proxy",
    noproxy: "write proxies: { no_proxy: … }",
    tunnel: "proxy",
    dispatcher: "write proxy, proxies, verify or cert; for the rest mount an HttpAdapter",
    client: "write proxy, proxies, verify or cert; for the rest mount an HttpAdapter",
    agent: "write proxy or proxies for a proxy, verify and cert for TLS; for the rest mount an HttpAdapter",
    httpagent: "write proxy or proxies for a proxy; for the rest mount an HttpAdapter",
    httpsagent:
      "write proxy or proxies for a proxy, verify and cert for TLS; for the rest mount an HttpAdapter",
    agentoptions: "write verify and cert for TLS; for the rest mount an HttpAdapter",

    // TLS
    https: "write verify, cert or tls for TLS: they are options of their own",
    ssl: "write verify, cert or tls for TLS",
    rejectunauthorized: "verify",
    strictssl: "verify",
    insecure: "write verify: false",
    disabletlscerts: "write verify: false",
    trustlocalhost: "write verify: false for that request",
    certreqs: "verify",
    ca: "write verify: a path, PEM text or bytes",
    cacerts: "verify",
    cacert: "verify",
    certificateauthority: "write verify: a path, PEM text or bytes",
    certificate: "write cert: [certificate, key]",
    key: "write cert: [certificate, key]",
    pfx: "write cert: { pfx, passphrase }",
    passphrase: "write cert: { cert, key, passphrase }",
    servername: "write tls: { serverName }",
    asserthostname: "write tls: { serverName }",
    checkserveridentity: "write tls: { pins }, or tls: { serverName } for another name",
    assertfingerprint: "write tls: { pins }",
    minversion: "write tls: { minVersion }",
    maxversion: "write tls: { maxVersion }",
    ciphers: "write tls: { ciphers }",
    secureprotocol: "write tls: { minVersion, maxVersion }",
    crl: "write tls: { crl }",

    cafile: "write verify: a path, PEM text or bytes",
    dhparam: "leave it out: it is for servers",
    proxytls: "write verify or tls: both count for an https proxy, too",
    requesttls: "write verify, cert or tls",

    // connections
    adapter: "write session.mount(prefix, adapter)",
    adapters: "write session.mount(prefix, adapter)",
    transport: "write session.mount(prefix, adapter)",
    mounts: "write session.mount(prefix, adapter)",
    request:
      "write session.mount(prefix, adapter) for another way to send, hooks: { request } for a look at it",
    fetch: "write session.mount(prefix, adapter) for another way to send",
    fetchoptions: "write the options themselves",
    app: "write session.mount(prefix, new AppAdapter(app))",
    pool: `${ADAPTER} poolMaxsize and others`,
    limits: `${ADAPTER} poolConnections and poolMaxsize`,
    maxsockets: `${ADAPTER} poolMaxsize and poolBlock`,
    connections: `${ADAPTER} poolMaxsize and poolBlock`,
    maxsize: `${ADAPTER} poolMaxsize`,
    keepalivetimeout: `${ADAPTER} keepAliveTimeout`,
    maxconnectionage: `${ADAPTER} maxConnectionAge`,
    pooltimeout: `${ADAPTER} poolTimeout`,
    lookup: `${ADAPTER} lookup`,
    hints: `${ADAPTER} lookup`,
    dnslookup: `${ADAPTER} lookup`,
    dnscache: `${ADAPTER} lookup`,
    dnslookupipversion: `${ADAPTER} family`,
    family: `${ADAPTER} family`,
    localaddress: `${ADAPTER} localAddress`,
    socketpath: `${ADAPTER} socketPath`,
    enableunixsockets: `${ADAPTER} socketPath`,
    uds: `${ADAPTER} socketPath`,
    maxheadersize: `${ADAPTER} maxHeaderSize`,
    createconnection: "write session.mount(prefix, adapter) for another way to send",
    connect: "write timeout: { connect }; for another way to connect mount an HttpAdapter",
    insecurehttpparser: "there is none: a response that is doubtful is refused",
    httpversion: "write http2: true",
    http3: "there is no HTTP/3 yet",
    http1: "leave it out: without http2: true it is HTTP/1.1",
    allowh2: "http2",
    h2session: "http2",
    http2options: "write http2: true",
    pipelining: "leave it out: requests are never sent before the answer to the one before",

    // the environment
    env: "trustEnv",
    useenv: "trustEnv",
  }),
);

/** Parts of `timeout`. */
export const timeoutElsewhere: Elsewhere = new Map(
  Object.entries({
    request: "write total",
    deadline: "write total",
    response: "write read, the longest silence, or total",
    socket: "write read, the longest silence",
    headers: "write read, the longest silence",
    body: "write read, the longest silence",
    send: "write read, the longest silence",
    write: "write read, the longest silence",
    lookup: "write connect, which has the look-up of the name in it",
    secureconnect: "write connect, which has TLS in it",
    pool: "give an HttpAdapter poolTimeout, and mount it",
  }),
);

/** Events of `hooks`. */
export const hooksElsewhere: Elsewhere = new Map(
  Object.entries({
    init: "write request",
    beforerequest: "write request",
    onrequest: "write request",
    afterresponse: "write response",
    onresponse: "write response",
    beforeerror: "write error",
    onerror: "write error",
    onrequesterror: "write error",
    onresponseerror: "write response, and call raiseForStatus() in it",
    beforeretry: "write retry",
    onretry: "write retry",
    beforeredirect: "write redirect",
    onredirect: "write redirect",
    beforecache: "there is no cache yet",
  }),
);

/** Parts of `cert`. */
export const certElsewhere: Elsewhere = new Map(
  Object.entries({
    certificate: "write cert",
    crt: "write cert",
    password: "write passphrase",
    ca: "write verify, beside cert",
    certificateauthority: "write verify, beside cert",
    rejectunauthorized: "write verify, beside cert",
  }),
);

/** Parts of `tls`. */
export const tlsElsewhere: Elsewhere = new Map(
  Object.entries({
    ca: "write verify, beside tls",
    certificateauthority: "write verify, beside tls",
    rejectunauthorized: "write verify: false, beside tls",
    cert: "write cert, beside tls",
    certificate: "write cert, beside tls",
    key: "write cert: [certificate, key], beside tls",
    pfx: "write cert: { pfx, passphrase }, beside tls",
    passphrase: "write cert: { cert, key, passphrase }, beside tls",
    secureprotocol: "write minVersion and maxVersion",
    checkserveridentity: "write pins, or serverName for another name",
  }),
);
