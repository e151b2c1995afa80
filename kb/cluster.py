"""Documents mined on a Dask cluster: their bytes go out, records come back in batches, this process alone writes.

Workers need this package, not the files: a document is laid into a folder of its own where it is mined.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Any

from kb.mining import Refusal, Task, mine_task
from schema.errors import BadScheduler
from schema.records import Mined

if TYPE_CHECKING:
    from dask.typing import Key
    from distributed import Client, Future

    from extractors.pipeline import Miner

ANSWER_SECONDS = 10
LOOK_SECONDS = 5  # between looks at whether there are workers
FETCH_SECONDS = 60  # for a batch of records, before that look
DESERTED_SECONDS = 60  # without any, before it is given up
AHEAD = 256  # documents out at a time
Content = tuple[str, bytes]


def mine_content(
    document: Content, main: Content | None, seconds: float, miner: Miner | None = None
) -> Mined | Refusal:
    """Mine a document given by its name and its bytes; what a worker does.

    Examples
    --------
    >>> mine_content(("a.txt", b"The PVDF-coated Cu keeps a CE of 98.3%."), None, 60).measurements[0].value
    98.3
    >>> mine_content(("a.doc", b"?"), None, 60).message.split(";")[0]
    'a.doc: no reader for .doc'
    """
    with TemporaryDirectory() as folder:
        beside = None if main is None else _laid(main, folder)
        return mine_task(Task(_laid(document, folder), beside, seconds, miner=miner))


def _laid(content: Content, folder: str) -> Path:
    name, data = content
    path = Path(folder, name)
    path.write_bytes(data)
    return path


def connected(scheduler: str) -> Client:
    """Connect to a Dask scheduler.

    Raises
    ------
    BadScheduler
        Where none answers there, or ``dask.distributed`` is not installed.
    """
    try:
        from distributed import Client
    except ImportError as error:
        message = "a cluster takes dask.distributed; install it with: pip install 'lithium-anode-kb[distributed]'"
        raise BadScheduler(message) from error
    try:
        return Client(scheduler, timeout=ANSWER_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        message = f"no Dask scheduler answers at {scheduler}; start one with: dask scheduler"
        raise BadScheduler(f"{message} (addresses look like tcp://host:8786)") from error


class Cluster:
    """Mines on a cluster; to be used as a context.

    A document whose worker dies goes to another one.  One that fails there is tried once more and then refused with its
    reason.  One whose workers die again and again (``distributed.scheduler.allowed-failures`` of the cluster) is sent
    out once more, as another document may have ended them, before it is refused.

    Parameters
    ----------
    scheduler : its address, such as ``tcp://10.0.0.1:8786``

    Raises
    ------
    BadScheduler
        Where none answers there, or ``dask.distributed`` is not installed.
    """

    ahead = AHEAD

    def __init__(self, scheduler: str) -> None:
        self._client = connected(scheduler)
        self._scheduler = scheduler
        self._out: deque[Future] = deque()
        self._back: dict[Key, Mined | Refusal | BaseException] = {}

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.cancel(list(self._out), force=True)
        self._client.close()

    def submit(self, task: Task) -> Callable[[], Mined | Refusal]:
        """Send a document out."""
        try:
            main = _content(task.main) if task.main is not None and task.main.is_file() else None
            document = _content(task.path)
        except OSError:
            return lambda: mine_task(task)  # which says what is wrong with the file
        again = partial(self._sent, mine_content, document, main, task.seconds, task.miner)
        future = again()
        return lambda: self._answer(future, task, again)

    def _sent(self, work: Callable[..., Mined | Refusal], *given: object) -> Future:
        future = self._client.submit(work, *given, pure=False, retries=1)
        self._out.append(future)
        return future

    def _answer(self, future: Future, task: Task, again: Callable[[], Future]) -> Mined | Refusal:
        answer = self._back_from(future)
        if type(answer).__name__ == "KilledWorker":  # perhaps of another document on the same workers
            answer = self._back_from(again())
        if isinstance(answer, BaseException):
            return Refusal(f"{task.path.name}: failed on the cluster, twice ({type(answer).__name__}: {answer})")
        return answer

    def _back_from(self, future: Future) -> Mined | Refusal | BaseException:
        if future.key not in self._back:
            self._fetch(future)
        return self._back.pop(future.key)

    def _fetch(self, first: Future) -> None:
        """Bring a document's records back, with those of all others that are done."""
        from distributed import wait

        with self._client.as_current():
            self._waited_for(lambda: wait(first, timeout=LOOK_SECONDS))
        while True:
            done = [future for future in self._out if future.done()]
            well = [future for future in done if future.status == "finished"]
            fetch = partial(self._client.sync, self._gathered, well, callback_timeout=FETCH_SECONDS)
            gathered: list[Mined | Refusal] = self._waited_for(fetch)
            if len(gathered) == len(well):
                break
        self._back.update(zip((f.key for f in well), gathered, strict=True))
        self._back.update((f.key, _failure(f)) for f in done if f.status != "finished" and f.key not in self._back)
        self._out = deque(future for future in self._out if future.key not in self._back)

    async def _gathered(self, futures: list[Future]) -> list[Mined | Refusal]:
        """Fetch what is done; less where a worker ended with it and it failed when it was done anew."""
        answers: list[Mined | Refusal] = await self._client.gather(futures, errors="skip", asynchronous=True)
        return answers

    def _waited_for(self, wait: Callable[[], Any]) -> Any:
        """Wait as long as there are workers.

        Raises
        ------
        BadScheduler
            Where there has been none for a while.
        """
        deserted = 0.0
        while True:
            try:
                return wait()
            except TimeoutError:
                deserted = 0.0 if self._client.scheduler_info()["workers"] else deserted + LOOK_SECONDS
                if deserted >= DESERTED_SECONDS:
                    message = f"the cluster at {self._scheduler} has had no worker for {deserted:.0f} s"
                    remedy = f"start some (dask worker {self._scheduler}), then run it again for the rest"
                    raise BadScheduler(f"{message}; {remedy}") from None


def _content(path: Path) -> Content:
    return path.name, path.read_bytes()


def _failure(future: Future) -> BaseException:
    error: BaseException | None = future.exception() if future.status == "error" else None
    return error or BadScheduler(f"the cluster gave it up ({future.status})")
