"""The runs of a study on a cluster: they are independent and pure, so that dask.distributed, where
it is installed and the address of its scheduler is named, may compute each wherever it likes."""

from dataclasses import replace
from functools import partial

from dynamics.conduct import Findings, Keep, Plan, conduct, finish
from dynamics.courses import PAIRS, State, last, path_by, tracing, trained_by, untrained


def conduct_on(address: str, plan: Plan, keep: Keep) -> Findings:
    """A study whose runs are computed on a cluster, to the same bits as without it.

    Training and flow are computed here. The workers need this package in their own Python.

    Args:
        address: of the scheduler, as tcp://HOST:PORT.

    Raises:
        ModuleNotFoundError: dask.distributed is not installed.
        OSError: nobody answers at the address.
    """
    from distributed import Client

    finish(conduct(replace(plan, etas=()), keep))
    trained = keep.load(plan.trained_name)
    flow = keep.load(plan.flow_name)
    assert flow is not None
    with Client(address, timeout=10) as client:
        run = partial(_run, plan, trained, flow)
        futures = [client.submit(run, eta, pure=False) for eta in plan.etas]
        for eta, future in zip(plan.etas, futures, strict=True):
            keep.save(plan.run_name(eta), future.result(), whole=True)
    return finish(conduct(plan, keep))


def _run(plan: Plan, trained: State | None, flow: State, eta: float) -> State:
    """On a worker: how a run stands at its end."""
    start = trained_by(plan.study, trained) if trained else untrained(plan.study)
    path = path_by(plan.rule, plan.tau, flow)
    return last(tracing(start, path, eta, PAIRS))
