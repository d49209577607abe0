import COpenSSL

extension SHA256 {
    /// SHA-256 of what arrives in pieces. It cannot be copied, and stays with whoever made it.
    public struct Hasher: ~Copyable {
        private let context: OpaquePointer

        /// Nothing hashed yet.
        public init() {
            guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
                preconditionFailure("SHA-256 is not available")
            }
            self.context = context
        }

        deinit { EVP_MD_CTX_free(context) }

        /// Appends bytes.
        public mutating func update(_ bytes: some Collection<UInt8>) {
            let result = bytes.withBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
            precondition(result == 1, "SHA-256 failed")
        }

        /// The hash of all bytes so far, 32 bytes; more may follow.
        public borrowing func finalize() -> [UInt8] {
            var digest = [UInt8](repeating: 0, count: 32)
            var length: UInt32 = 32
            let copy = EVP_MD_CTX_new()
            defer { EVP_MD_CTX_free(copy) }
            let done = EVP_MD_CTX_copy_ex(copy, context) == 1 && EVP_DigestFinal_ex(copy, &digest, &length) == 1
            precondition(done && length == 32, "SHA-256 failed")
            return digest
        }
    }
}
