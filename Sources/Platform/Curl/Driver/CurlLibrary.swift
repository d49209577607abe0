import CLibcurl

/// libcurl's own state, which the process sets up once and keeps to its end.
enum CurlLibrary {
    static let isReady = curl_shim_global_init() == CURLE_OK
}
