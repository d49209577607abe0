import CLibcurl
import Foundation
import Glibc

/// Drives all transfers of a client. It is made on its own thread, lives there, and never leaves it: other threads reach
/// it through the mailbox.
final class Driver {
    let multi: UnsafeMutableRawPointer
    let mailbox: Mailbox
    let options: CurlOptions
    var transfers: [ObjectIdentifier: Transfer] = [:]
    /// No deadline is earlier than this; `nil` when there is none.
    var nextDeadline: ContinuousClock.Instant?

    private init(multi: UnsafeMutableRawPointer, mailbox: Mailbox, options: CurlOptions) {
        self.multi = multi
        self.mailbox = mailbox
        self.options = options
    }

    /// Starts a driver on a thread of its own.
    static func start(_ options: CurlOptions) -> Mailbox {
        let mailbox = Mailbox()
        guard CurlLibrary.isReady, let pointer = curl_multi_init() else {
            mailbox.end()
            return mailbox
        }
        if let limit = options.maximumConnectionsPerHost {
            _ = curl_shim_multi_set_long(pointer, CURLMOPT_MAX_HOST_CONNECTIONS, max(1, limit))
        }
        let multi = MultiHandle(pointer: pointer)
        mailbox.open(multi)
        let thread = Thread {
            ignoreBrokenPipes()
            Driver(multi: multi.pointer, mailbox: mailbox, options: options).run()
        }
        thread.name = "curl"
        thread.start()
        return mailbox
    }

    /// A TLS connection that the peer closed must not end the process; libcurl leaves that to us when it may not use
    /// signals itself.
    private static func ignoreBrokenPipes() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    private func run() {
        while true {
            let (commands, isClosing) = mailbox.take()
            for command in commands { handle(command) }
            var running: Int32 = 0
            guard !isClosing, curl_multi_perform(multi, &running) == CURLM_OK else { break }
            collectFinished()
            handOver()
            endOverdue()
            curl_multi_poll(multi, nil, 0, patience, nil)
        }
        let rest = mailbox.detach()
        let closed = CurlError(.closed, "the client was closed")
        for transfer in transfers.values { finish(transfer, .failure(closed)) }
        for case .start(let exchange) in rest { exchange.finish(.failure(closed)) }
        curl_multi_cleanup(multi)
        mailbox.end()
    }

    private func handle(_ command: Command) {
        switch command {
        case .start(let exchange):
            start(exchange)
        case .resumeReceiving(let exchange):
            guard let transfer = transfers[ObjectIdentifier(exchange)] else { return }
            transfer.isReceivePaused = false
            applyPauses(transfer)
        case .resumeSending(let exchange):
            guard let transfer = transfers[ObjectIdentifier(exchange)] else { return }
            transfer.isSendPaused = false
            applyPauses(transfer)
        case .end(let exchange, let error):
            guard let transfer = transfers[ObjectIdentifier(exchange)] else { return }
            finish(transfer, .failure(error))
        }
    }

    private func start(_ exchange: Exchange) {
        let transfer: Transfer
        do throws(CurlError) {
            transfer = try Transfer(exchange, options)
        } catch {
            return exchange.finish(.failure(error))
        }
        transfers[ObjectIdentifier(exchange)] = transfer
        guard curl_multi_add_handle(multi, transfer.easy) == CURLM_OK else {
            return finish(transfer, .failure(exchange.error(.transfer, "libcurl took no further transfer")))
        }
        expect(transfer.deadline?.instant)
    }

    private func applyPauses(_ transfer: Transfer) {
        // The time in which the transfer waited for us is not the peer's.
        transfer.lastMove = .now
        // libcurl hands over what it had kept back within this call.
        let code = transfer.applyPauses()
        // The other one says that there is no connection at the moment, because a closed one is being replaced: libcurl will
        // ask anew.
        guard code == CURLE_OK || code == CURLE_BAD_FUNCTION_ARGUMENT else {
            return finish(transfer, .failure(transfer.error(code)))
        }
        expect(transfer.deadline?.instant)
    }

    /// Gives what came in during this round to the readers, and stops the transfers whose reader lags behind.
    private func handOver() {
        let now = ContinuousClock.now
        var changed: [Transfer] = []
        for transfer in transfers.values where transfer.hasMoved {
            transfer.hasMoved = false
            transfer.moved(at: now)
            if transfer.hasNewDeadline {
                transfer.hasNewDeadline = false
                expect(transfer.deadline?.instant)
            }
            // Between two rounds rather than in the callback: libcurl would have to keep the rest of its buffer. What the
            // callback stopped goes on if the reader has taken it all by now.
            let shouldPause = transfer.exchange.handOver()
            if shouldPause != transfer.isReceivePaused {
                transfer.isReceivePaused = shouldPause
                changed.append(transfer)
            }
        }
        for transfer in changed { applyPauses(transfer) }
    }

    private func collectFinished() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE,
                let transfer = Transfer.of(easy: message.pointee.easy_handle)
            else { continue }
            let code = message.pointee.data.result
            finish(transfer, code == CURLE_OK ? .success(()) : .failure(transfer.error(code)))
        }
    }

    /// The only place where a transfer ends.
    func finish(_ transfer: Transfer, _ result: Result<Void, CurlError>) {
        curl_multi_remove_handle(multi, transfer.easy)
        transfers[ObjectIdentifier(transfer.exchange)] = nil
        if case .success = result { transfer.announceLate() }
        transfer.exchange.finish(result)
        transfer.close()
    }
}
