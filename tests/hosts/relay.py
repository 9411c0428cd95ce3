"""Makes a server that listens on a unix socket reachable by TCP: what stands between two hosts and their database in the test.

relay.py ADDRESS PORT SOCKET [PORT SOCKET ...]. A peer that is silent for three seconds is given up, as servers are told to.
"""

import asyncio
import contextlib
import socket
import sys

PATIENCE_MILLISECONDS = 3000


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def serve(address: str, port: int, path: str) -> asyncio.Server:
    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, PATIENCE_MILLISECONDS)
        server_reader, server_writer = await asyncio.open_unix_connection(path)
        await asyncio.gather(pump(reader, server_writer), pump(server_reader, writer))

    return await asyncio.start_server(carry, address, port)


async def main(address: str, *words: str) -> None:
    for port, path in zip(words[::2], words[1::2], strict=True):
        await serve(address, int(port), path)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
