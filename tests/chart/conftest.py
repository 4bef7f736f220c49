"""Helm, helm-unittest, kubeconform and others' resource definitions, as scripts/helm builds them."""

import subprocess
from pathlib import Path

import pytest

from tests.chart.rendering import ROOT, Helm
from tests.conftest import missing


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder with the tools."""
    script = ROOT / "scripts" / "helm"
    folder = Path(
        subprocess.run([script, "--folder"], capture_output=True, text=True, check=True).stdout.strip()
    )
    if not folder.is_dir():
        missing("Helm and what else tests the chart is not built yet: run `make helm`")
    return folder


@pytest.fixture(scope="session")
def helm(tools: Path) -> Helm:
    return Helm(tools)
