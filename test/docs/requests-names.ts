/**
 * The public names of requests 2.34.2, and of urllib3's `Retry`: what a program that is brought over may use.
 */

/** Names by where they are: a module, or the class whose attributes they are. */
export const requestsNames: Readonly<Record<string, string>> = {
  requests: `
    ConnectTimeout ConnectionError FileModeWarning HTTPError JSONDecodeError PreparedRequest ReadTimeout
    Request RequestException RequestsDependencyWarning Response Session Timeout TooManyRedirects
    URLRequired chardet_version charset_normalizer_version check_compatibility codes delete get head
    options patch post put request session
  `,
  "requests.api": "delete get head options patch post put request",
  "requests.sessions": `
    DEFAULT_PORTS DEFAULT_REDIRECT_LIMIT REDIRECT_STATI Session SessionRedirectMixin merge_hooks
    merge_setting session
  `,
  "requests.models": `
    CONTENT_CHUNK_SIZE DEFAULT_REDIRECT_LIMIT ITER_CHUNK_SIZE PreparedRequest REDIRECT_STATI Request
    RequestEncodingMixin RequestHooksMixin Response
  `,
  "requests.adapters": `
    BaseAdapter DEFAULT_CA_BUNDLE_PATH DEFAULT_POOLBLOCK DEFAULT_POOLSIZE DEFAULT_POOL_TIMEOUT
    DEFAULT_RETRIES HTTPAdapter SOCKSProxyManager
  `,
  "requests.auth": `
    AuthBase CONTENT_TYPE_FORM_URLENCODED CONTENT_TYPE_MULTI_PART HTTPBasicAuth HTTPDigestAuth
    HTTPProxyAuth
  `,
  "requests.cookies": `
    CookieConflictError MockRequest MockResponse RequestsCookieJar cookiejar_from_dict create_cookie
    extract_cookies_to_jar get_cookie_header merge_cookies morsel_to_cookie remove_cookie_by_name
  `,
  "requests.exceptions": `
    ChunkedEncodingError ConnectTimeout ConnectionError ContentDecodingError FileModeWarning HTTPError
    InvalidHeader InvalidJSONError InvalidProxyURL InvalidSchema InvalidURL JSONDecodeError
    MissingSchema ProxyError ReadTimeout RequestException RequestsDependencyWarning RequestsWarning
    RetryError SSLError StreamConsumedError Timeout TooManyRedirects URLRequired UnrewindableBodyError
  `,
  "requests.hooks": "HOOKS default_hooks dispatch_hook",
  "requests.structures": "CaseInsensitiveDict LookupDict",
  "requests.utils": `
    DEFAULT_ACCEPT_ENCODING DEFAULT_CA_BUNDLE_PATH DEFAULT_PORTS HEADER_VALIDATORS NETRC_FILES
    UNRESERVED_SET add_dict_to_cookiejar address_in_network atomic_open check_header_validity
    default_headers default_user_agent dict_from_cookiejar dict_to_sequence dotted_netmask
    extract_zipped_paths from_key_val_list get_auth_from_url get_encoding_from_headers
    get_encodings_from_content get_environ_proxies get_netrc_auth get_unicode_from_response
    guess_filename guess_json_utf is_ipv4_address is_valid_cidr iter_slices parse_dict_header
    parse_header_links parse_list_header prepend_scheme_if_needed requote_uri resolve_proxies
    rewind_body select_proxy set_environ should_bypass_proxies stream_decode_response_unicode super_len
    to_key_val_list unquote_header_value unquote_unreserved urldefragauth
  `,
  Session: `
    adapters auth cert close cookies delete get get_adapter get_redirect_target head headers hooks
    max_redirects merge_environment_settings mount options params patch post prepare_request proxies put
    rebuild_auth rebuild_method rebuild_proxies request resolve_redirects send should_strip_auth stream
    trust_env verify
  `,
  Request: `
    auth cookies data deregister_hook files headers hooks json method params prepare register_hook url
  `,
  PreparedRequest: `
    body copy deregister_hook headers hooks method path_url prepare prepare_auth prepare_body
    prepare_content_length prepare_cookies prepare_headers prepare_hooks prepare_method prepare_url
    register_hook url
  `,
  Response: `
    apparent_encoding close content cookies elapsed encoding headers history is_permanent_redirect
    is_redirect iter_content iter_lines json links next ok raise_for_status raw reason request
    status_code text url
  `,
  HTTPAdapter: `
    add_headers build_connection_pool_key_attributes build_response cert_verify close config
    get_connection get_connection_with_tls_context init_poolmanager max_retries poolmanager
    proxy_headers proxy_manager proxy_manager_for request_url send
  `,
  HTTPDigestAuth: `
    build_digest_header handle_401 handle_redirect init_per_thread_state password username
  `,
  RequestsCookieJar: `
    add_cookie_header clear clear_expired_cookies clear_session_cookies copy domain_re dots_re
    extract_cookies get get_dict get_policy items iteritems iterkeys itervalues keys list_domains
    list_paths magic_re make_cookies multiple_domains non_word_re pop popitem quote_re set set_cookie
    set_cookie_if_ok set_policy setdefault strict_domain_re update values
  `,
  CaseInsensitiveDict: "clear copy get items keys lower_items pop popitem setdefault update values",
  "urllib3.Retry": `
    DEFAULT DEFAULT_ALLOWED_METHODS DEFAULT_BACKOFF_MAX DEFAULT_REMOVE_HEADERS_ON_REDIRECT
    DEFAULT_RETRY_AFTER_MAX RETRY_AFTER_STATUS_CODES allowed_methods backoff_factor backoff_jitter
    backoff_max connect from_int get_backoff_time get_retry_after history increment is_exhausted
    is_retry new other parse_retry_after raise_on_redirect raise_on_status read redirect
    remove_headers_on_redirect respect_retry_after_header retry_after_max sleep sleep_for_retry status
    status_forcelist total
  `,
};

/** Status codes, and their names in lower case. */
export const requestsCodes: Readonly<Record<number, string>> = {
  100: "continue",
  101: "switching_protocols",
  102: "processing early-hints",
  103: "checkpoint",
  122: "uri_too_long request_uri_too_long",
  200: "ok okay all_ok all_okay all_good \\o/ ✓",
  201: "created",
  202: "accepted",
  203: "non_authoritative_info non_authoritative_information",
  204: "no_content",
  205: "reset_content reset",
  206: "partial_content partial",
  207: "multi_status multiple_status multi_stati multiple_stati",
  208: "already_reported",
  226: "im_used",
  300: "multiple_choices",
  301: "moved_permanently moved \\o-",
  302: "found",
  303: "see_other other",
  304: "not_modified",
  305: "use_proxy",
  306: "switch_proxy",
  307: "temporary_redirect temporary_moved temporary",
  308: "permanent_redirect resume_incomplete resume",
  400: "bad_request bad",
  401: "unauthorized",
  402: "payment_required payment",
  403: "forbidden",
  404: "not_found -o-",
  405: "method_not_allowed not_allowed",
  406: "not_acceptable",
  407: "proxy_authentication_required proxy_auth proxy_authentication",
  408: "request_timeout timeout",
  409: "conflict",
  410: "gone",
  411: "length_required",
  412: "precondition_failed precondition",
  413: "request_entity_too_large content_too_large",
  414: "request_uri_too_large uri_too_long",
  415: "unsupported_media_type unsupported_media media_type",
  416: "requested_range_not_satisfiable requested_range range_not_satisfiable",
  417: "expectation_failed",
  418: "im_a_teapot teapot i_am_a_teapot",
  421: "misdirected_request",
  422: "unprocessable_entity unprocessable unprocessable_content",
  423: "locked",
  424: "failed_dependency dependency",
  425: "unordered_collection unordered too_early",
  426: "upgrade_required upgrade",
  428: "precondition_required precondition",
  429: "too_many_requests too_many",
  431: "header_fields_too_large fields_too_large",
  444: "no_response none",
  449: "retry_with retry",
  450: "blocked_by_windows_parental_controls parental_controls",
  451: "unavailable_for_legal_reasons legal_reasons",
  499: "client_closed_request",
  500: "internal_server_error server_error /o\\ ✗",
  501: "not_implemented",
  502: "bad_gateway",
  503: "service_unavailable unavailable",
  504: "gateway_timeout",
  505: "http_version_not_supported http_version",
  506: "variant_also_negotiates",
  507: "insufficient_storage",
  509: "bandwidth_limit_exceeded bandwidth",
  510: "not_extended",
  511: "network_authentication_required network_auth network_authentication",
};
