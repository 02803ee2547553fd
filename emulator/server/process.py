"""The emulator as a process: both listeners, its lock, its record, and an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette

from contracts.version import __version__
from emulator.app import app_of
from emulator.clock import RealClock
from emulator.config import EmulatorConfig, build
from emulator.executors.by_placement import ExecutorByPlacement
from emulator.executors.registry import ExecutorContext
from emulator.place import Place
from emulator.plain_files import printable
from emulator.server import home
from emulator.server.connection_bounds import MOST_HEADER_BYTES
from emulator.server.home import Record
from emulator.server.listen import Listen
from emulator.server.ports import HOST, listening, remember
from emulator.server.reset import finish_reset
from emulator.server.shutdown import ShutdownBound
from emulator.server.state_dir import check_whole, make_private, usable
from emulator.server.state_lock import StateLock
from emulator.server.tls import Certificates

_COLLECTED_AFTER = (20_000, 20, 20)  # new objects, and collections of the youngest and the middle generation
_GRACE = 5  # seconds that running requests have to end
_LONGEST_END = 20.0  # seconds that all of an orderly end may take, besides those that trials have to end


class PortInUse(RuntimeError):
    """Another process listens on a port."""

    def __init__(self, port: int, option: str, host: str = HOST) -> None:
        super().__init__(
            f"port {port} of {host} is in use; choose another one with {option} (0 takes any free one), "
            "or see with `amlet emulator status` whether an emulator has it."
        )
        self.port = port


@dataclass(frozen=True, slots=True)
class Options:
    """How to run an emulator.

    Parameters:
        home: folder of records and CA.
        state_dir: made when it is not there.
        https_port, http_port: 0 takes a free one.
        config: how to build the emulator.
        listen: where to listen for workers on other hosts; None does not.
    """

    home: Path
    state_dir: Path
    https_port: int = 8443
    http_port: int = 8480
    config: EmulatorConfig = field(default_factory=EmulatorConfig)
    listen: Listen | None = None


def serve(
    options: Options,
    on_ready: Callable[[Record], None] = lambda record: None,
) -> None:
    """Run an emulator until SIGTERM or SIGINT.

    Parameters:
        on_ready: called once, when requests are answered and the record is written.

    Raises:
        PortInUse: of either port.
        StateDirInUse: another emulator has the state directory.
        UnusableStateDir: it is another user's, damaged, read-only or full.
        UnusableSchema: a newer or older version wrote it.
    """
    identity = uuid.uuid4().hex
    state_dir = options.state_dir.absolute()
    with ExitStack() as stack:
        # The lock before all else: what another emulator is writing would look like damage.
        lock = StateLock(state_dir)
        with usable(state_dir):
            make_private(state_dir)
            lock.acquire(identity)
            finish_reset(state_dir)
            check_whole(state_dir)
        stack.callback(lock.release)
        https = stack.enter_context(_listener(options.https_port, "--port"))
        http = stack.enter_context(_listener(options.http_port, "--http-port"))
        listen, others = options.listen, None
        if listen:
            others = stack.enter_context(_listener(listen.port, "--listen", listen.host))
        certificates = Certificates.ensure(options.home / "ca")
        ports = https.getsockname()[1], http.getsockname()[1]
        workers = listen.origin(others.getsockname()[1]) if listen and others else None
        place = Place(state_dir, f"https://{HOST}:{ports[0]}", f"http://{HOST}:{ports[1]}", certificates.ca, workers)
        with usable(state_dir):
            emulator = build(options.config, place)
        stack.callback(emulator.store.close)
        record = Record(
            id=identity,
            pid=os.getpid(),
            https_port=ports[0],
            http_port=ports[1],
            state_dir=str(state_dir),
            ca=str(certificates.ca),
            identity_header=emulator.secrets.identity_header,
            client_secret=emulator.secrets.client_secret,
            takes_secret=emulator.settings.client_secret,
            started=RealClock().now(),
            version=__version__,
            simulated=emulator.time is not None,
            workers=workers,
        )
        stack.callback(home.remove, options.home, identity)

        def ready() -> None:
            _spare_collections()
            remember(state_dir, *ports)
            # Last: whoever finds the record takes it that requests are answered.
            home.add(options.home, record)
            on_ready(record)

        def abandon() -> None:
            if emulator.time is None:
                settings = emulator.settings
                context = ExecutorContext(emulator.store, place, settings, emulator.clock, emulator.leases)
                ExecutorByPlacement(context).reap([])
            home.remove(options.home, identity)

        app = app_of(emulator)
        dated = emulator.time is None  # else the application says what day it is
        servers = [
            # One application behind two listeners: its start and end belong to the first of them, and happen once.
            (_Server(configuration(app, dated, ssl_certfile=certificates.server, lifespan="on")), https),
            (_Server(configuration(app, dated, lifespan="off")), http),
        ]
        if listen and others:
            from emulator.middleware.other_hosts import OtherHosts  # a start without `listen` does not wait for it

            own = state_dir / "trust" / "workers.pem"
            certificates.issue(listen.names, own)
            reached = OtherHosts(app, emulator)
            servers.append((_Server(configuration(reached, dated, ssl_certfile=own, lifespan="off")), others))
        bound = stack.enter_context(ShutdownBound(_LONGEST_END + options.config.settings.kill_grace, abandon))
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(_run(app, servers, ready, bound))


def _spare_collections() -> None:
    """Have the garbage collector look at less: not at what the start has made, and not after every few requests.

    A request makes some hundred objects and leaves no cycle; what a queue of jobs holds would be looked at again and
    again.
    """
    gc.freeze()
    gc.set_threshold(*_COLLECTED_AFTER)


class _Server(uvicorn.Server):
    """A server that leaves signals to the process, which has two servers, and tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


def configuration(app: Any, dated: bool, **options: Any) -> uvicorn.Config:
    """How a listener of the emulator serves.

    Parameters:
        app: the application.
        dated: whether the server tells the time of this machine in each answer; else the application does.
        options: further ones of uvicorn.
    """
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        date_header=dated,
        http=_protocol(),
        ws="none",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_GRACE,
        h11_max_incomplete_event_size=MOST_HEADER_BYTES,
        **options,
    )


def _protocol() -> type[asyncio.Protocol]:
    """The protocol of connections, by httptools or, where there is none, by h11."""
    try:
        from emulator.server.connection import Connection
    except ImportError:
        from emulator.server.connection_h11 import Connection as H11Connection

        return H11Connection
    return Connection


async def _run(
    app: Starlette, servers: list[tuple[_Server, socket.socket]], ready: Callable[[], None], bound: ShutdownBound
) -> None:
    loop = asyncio.get_running_loop()

    def end() -> None:
        app.state.closing = True  # pages that wait for news let go, which would not end by themselves
        for server, _ in servers:
            server.force_exit = server.should_exit  # at the second signal
            server.should_exit = True

    def asked(*_: object) -> None:
        bound.begin()
        loop.call_soon_threadsafe(end)

    # Not by the loop, which hears of a signal when it comes round: what is to be ended may be what keeps it from that.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, asked)
    running = [asyncio.create_task(server.serve([listener])) for server, listener in servers]
    await asyncio.wait([*running, asyncio.create_task(_all_listening(servers))], return_when=asyncio.FIRST_COMPLETED)
    if all(server.started for server, _ in servers):
        ready()
    else:
        end()
    await asyncio.gather(*running)


async def _all_listening(servers: list[tuple[_Server, socket.socket]]) -> None:
    for server, _ in servers:
        await server.listening.wait()


@contextlib.contextmanager
def _listener(port: int, option: str, host: str = HOST) -> Iterator[socket.socket]:
    try:
        listener = listening(port, host)
    except (OSError, OverflowError):
        raise PortInUse(port, option, host) from None
    with listener:
        yield listener


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """What makes the event loop of a server: uvloop's, where it is installed."""
    try:
        import uvloop
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


class _Printable(logging.Formatter):
    """Records without the control characters that names of jobs and files may have."""

    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(map(printable, super().format(record).split("\n")))


def log_to_stderr(level: int = logging.INFO) -> None:
    """Send what the emulator has to say to stderr, which is a file when it runs in the background."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Printable("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("emulator").setLevel(level)
