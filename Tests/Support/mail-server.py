"""A mail server on loopback, made with aiosmtpd: mail-server.py FOLDER PORT [CERTIFICATE KEY USER PASSWORD]

It prints its port. What it takes is added to FOLDER/mails.jsonl, one mail a line, as Python's own parser reads it. A file
FOLDER/data, FOLDER/rcpt or FOLDER/rcpt-<address> holds the reply that it gives in place of 250.
"""
import asyncio
import email
import email.policy
import json
import os
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

# What the test runner has open would stay open as long as this program runs, and somebody may wait for its end.
os.closerange(3, 65536)
folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)


def told(*names):
    for name in names:
        path = folder / name
        if path.exists():
            return path.read_text().strip()
    return None


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = told(f"rcpt-{address}", "rcpt")
        if reply:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        reply = told("data")
        if reply:
            return reply
        mail = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        record = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": [[name, str(value)] for name, value in mail.items()],
            "body": mail.get_content(),
            "raw": envelope.original_content.decode("ascii"),
            "tls": session.ssl is not None,
            "authenticated": bool(session.authenticated),
        }
        with open(folder / "mails.jsonl", "a") as file:
            file.write(json.dumps(record) + "\n")
        return "250 taken"


async def main():
    options = {}
    if len(sys.argv) > 3:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[3], sys.argv[4])

        def check(server, session, envelope, mechanism, data):
            good = data.login == sys.argv[5].encode() and data.password == sys.argv[6].encode()
            return AuthResult(success=good)

        options = dict(tls_context=context, require_starttls=True, authenticator=check, auth_required=True)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Handler(), hostname="mail.test", loop=loop, **options), "127.0.0.1", int(sys.argv[2])
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
