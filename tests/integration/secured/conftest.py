"""One secured broker for all tests here, with the users of deploy/strimzi/users.yaml and Sluice's topics."""

from collections.abc import Iterator

import pytest

from stream.core.errors import Unavailable
from tests.conftest import missing
from tests.integration.secured.cluster import Cluster
from tests.integration.secured.deployment import Deployment
from tests.integration.secured.users import rights


@pytest.fixture(scope="package")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    folder = tmp_path_factory.mktemp("secured")
    try:
        cluster = Cluster(folder)
    except Unavailable as why:
        missing(str(why))
    with cluster.broker:
        for user, allowed in rights().items():
            cluster.admit(user, allowed)
        deployment = Deployment(cluster, folder)
        made = deployment.make_topics()
        assert made.returncode == 0, made.stderr
        yield deployment
