import CLibcurl
import Foundation
import Glibc

/// Drives all transfers of a client. It is made on its own thread, lives there, and never leaves it: other threads reach
/// it through the mailbox.
final class Driver {
    let multi: UnsafeMutableRawPointer
    let mailbox: Mailbox
    let options: CurlOptions
    let signal: WakeSignal
    var sockets: PolledSockets
    /// When libcurl wants to be called although nothing happened to its sockets.
    var timer: ContinuousClock.Instant?
    var transfers: [ObjectIdentifier: Transfer] = [:]
    /// No deadline is earlier than this; `nil` when there is none.
    var nextDeadline: ContinuousClock.Instant?

    /// `nil` when libcurl has no memory.
    private init?(_ mailbox: Mailbox, _ signal: WakeSignal, _ options: CurlOptions) {
        guard CurlLibrary.isReady, let multi = curl_multi_init() else { return nil }
        self.multi = multi
        self.mailbox = mailbox
        self.options = options
        self.signal = signal
        sockets = PolledSockets(signal)
        if let limit = options.maximumConnectionsPerHost {
            _ = curl_shim_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, max(1, limit))
        }
    }

    /// Starts a driver on a thread of its own.
    static func start(_ options: CurlOptions) -> Mailbox {
        let mailbox = Mailbox()
        guard let signal = WakeSignal() else {
            mailbox.end()
            return mailbox
        }
        mailbox.open(signal)
        let thread = Thread {
            ignoreBrokenPipes()
            if let driver = Driver(mailbox, signal, options) { driver.run() }
            let closed = CurlError(.closed, "the client was closed")
            for case .start(let exchange) in mailbox.detach() { exchange.finish(.failure(closed)) }
            signal.close()
            mailbox.end()
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
        if setCallbacks() { drive() }
        let closed = CurlError(.closed, "the client was closed")
        for transfer in transfers.values { finish(transfer, .failure(closed)) }
        curl_multi_cleanup(multi)
    }

    /// Until the client is closed, or libcurl is in trouble.
    private func drive() {
        var ready: [(socket: curl_socket_t, events: Int32)] = []
        while true {
            let (commands, isClosing) = mailbox.take()
            for command in commands { handle(command) }
            guard !isClosing, perform(ready) else { return }
            collectFinished()
            handOver()
            endOverdue()
            let isSignalled: Bool
            (ready, isSignalled) = sockets.wait(patience)
            if isSignalled { signal.clear() }
        }
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
