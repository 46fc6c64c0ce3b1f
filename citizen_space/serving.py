"""How an application is served on its port until somebody says stop."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator, Sequence

import uvicorn

from citizen_space.config import Config
from citizen_space.kit import memory

_TIDY_SECONDS = 20


class _Server(uvicorn.Server):
    """One of several servers of a loop: the loop's owner hears the signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _nothing() -> None:
    """Nobody waits for this."""


def serve(
    apps: Sequence[tuple[object, int]],
    settings: Config,
    *,
    ready: Callable[[], None] = _nothing,
    stopping: Callable[[], None] = _nothing,
) -> int:
    """Serve each application on its port; `ready` is called when all answer, `stopping` when a signal ends it."""
    servers = [_server(one, port, settings) for one, port in apps]
    memory.keep_for_good()
    with asyncio.Runner(loop_factory=servers[0].config.get_loop_factory()) as runner:
        return runner.run(_serve_all(servers, ready, stopping))


def _server(one: object, port: int, settings: Config) -> _Server:
    return _Server(
        uvicorn.Config(
            one,  # type: ignore[arg-type]
            host=settings.host,
            port=port,
            http="httptools",
            ws="none",
            lifespan="off",
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_graceful_shutdown=5,
        )
    )


async def _serve_all(servers: Sequence[_Server], ready: Callable[[], None], stopping: Callable[[], None]) -> int:
    def stop() -> None:
        stopping()
        for server in servers:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    tasks = [asyncio.create_task(_serve_one(server, stop)) for server in servers]
    tidying = asyncio.create_task(_tidy())
    while not all(server.started for server in servers) and not any(task.done() for task in tasks):
        await asyncio.sleep(0.01)
    if all(server.started for server in servers):
        ready()
    failed = [result for result in await asyncio.gather(*tasks) if not result]
    tidying.cancel()
    return 1 if failed else 0


async def _tidy() -> None:
    """Give back now and then what a rush has left."""
    while True:
        await asyncio.sleep(_TIDY_SECONDS)
        await asyncio.to_thread(memory.give_back)


async def _serve_one(server: _Server, stop: Callable[[], None]) -> bool:
    """Serve; one that cannot (its port is taken) stops the others."""
    try:
        await server.serve()
    except SystemExit:
        stop()
        return False
    return server.started
