"""MLflow's calls about registered models and model versions.

Calls and answers: MLflow's REST API documentation, and what mlflow-skinny 3 and azureml-mlflow send.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from contracts.dataplane.mlflow import INVALID_PARAMETER_VALUE
from emulator.api.dataplane.mlflow_call import Call
from emulator.services.assets.registry import ModelRegistry
from emulator.services.assets.registry_view import Shown
from emulator.services.refusal import Refusal
from emulator.services.runs.run_data import tag_of
from emulator.services.runs.runs import number_of
from emulator.storage.assets import Asset

_MODELS_AT_ONCE, _VERSIONS_AT_ONCE = 100, 10_000


class RegistryCalls:
    """Answers them all.

    Parameters:
        registry: the models.
    """

    def __init__(self, registry: ModelRegistry) -> None:
        self._registry = registry

    def table(self) -> dict[tuple[str, str], Callable[[Call], Awaitable[Any]]]:
        """By method and name, what answers."""
        return {
            ("POST", "registered-models/create"): self.create_model,
            ("GET", "registered-models/get"): self.get_model,
            ("PATCH", "registered-models/update"): self.update_model,
            ("POST", "registered-models/rename"): self.rename_model,
            ("DELETE", "registered-models/delete"): self.delete_model,
            ("GET", "registered-models/search"): self.search_models,
            ("POST", "registered-models/search"): self.search_models,
            ("GET", "registered-models/list"): self.search_models,
            ("GET", "registered-models/get-latest-versions"): self.latest_versions,
            ("POST", "registered-models/get-latest-versions"): self.latest_versions,
            ("POST", "registered-models/set-tag"): self.set_tag,
            ("DELETE", "registered-models/delete-tag"): self.delete_tag,
            ("GET", "registered-models/alias"): self.version_by_alias,
            ("POST", "registered-models/alias"): self.set_alias,
            ("DELETE", "registered-models/alias"): self.delete_alias,
            ("POST", "model-versions/create"): self.create_version,
            ("GET", "model-versions/get"): self.get_version,
            ("PATCH", "model-versions/update"): self.update_version,
            ("POST", "model-versions/transition-stage"): self.transition_stage,
            ("DELETE", "model-versions/delete"): self.delete_version,
            ("GET", "model-versions/search"): self.search_versions,
            ("POST", "model-versions/search"): self.search_versions,
            ("GET", "model-versions/get-download-uri"): self.download_uri,
            ("POST", "model-versions/set-tag"): self.set_tag,
            ("DELETE", "model-versions/delete-tag"): self.delete_tag,
        }

    async def create_model(self, call: Call) -> Any:
        return self._model(call, await self._registry.create_model(call.workspace, call.body))

    async def get_model(self, call: Call) -> Any:
        return self._model(call, self._registry.model(call.workspace, call.text("name")))

    async def update_model(self, call: Call) -> Any:
        return self._model(call, await self._describe(call, None))

    async def rename_model(self, call: Call) -> Any:
        self._registry.model(call.workspace, call.text("name"))
        raise Refusal(
            400,
            INVALID_PARAMETER_VALUE,
            "Azure Machine Learning renames no registered models: register its versions under the new name.",
        )

    async def delete_model(self, call: Call) -> Any:
        await self._registry.delete(call.workspace, call.text("name"), None)
        return {}

    async def search_models(self, call: Call) -> Any:
        view = self._registry.view(call.workspace, call.view)
        return _page(call, "registered_models", self._registry.models(view, call.workspace, call.body), _MODELS_AT_ONCE)

    async def latest_versions(self, call: Call) -> Any:
        stages = call.body.get("stages") or []
        stages = [stages] if isinstance(stages, str) else [str(one) for one in stages]
        found = self._registry.latest(call.workspace, call.text("name"), stages)
        return {"model_versions": [self._version(call, one)["model_version"] for one in found]}

    async def set_tag(self, call: Call) -> Any:
        """Of a model, or of a version where the body names one."""
        key, value = tag_of(call.body)
        return await self._tag(call, lambda tags: {**tags, key: value})

    async def delete_tag(self, call: Call) -> Any:
        gone = call.text("key")
        return await self._tag(call, lambda tags: {key: value for key, value in tags.items() if key != gone})

    async def version_by_alias(self, call: Call) -> Any:
        return self._version(call, self._registry.by_alias(call.workspace, call.text("name"), call.text("alias")))

    async def set_alias(self, call: Call) -> Any:
        await self._registry.set_alias(call.workspace, call.text("name"), call.text("alias"), call.text("version"))
        return {}

    async def delete_alias(self, call: Call) -> Any:
        await self._registry.set_alias(call.workspace, call.text("name"), call.text("alias"), None)
        return {}

    async def create_version(self, call: Call) -> Any:
        return self._version(call, await self._registry.create_version(call.workspace, call.body))

    async def get_version(self, call: Call) -> Any:
        return self._version(call, self._found(call))

    async def update_version(self, call: Call) -> Any:
        return self._version(call, await self._describe(call, call.text("version")))

    async def transition_stage(self, call: Call) -> Any:
        changed = await self._registry.transition(
            call.workspace,
            call.text("name"),
            call.text("version"),
            call.text("stage"),
            archive_others=str(call.body.get("archive_existing_versions")).lower() == "true",
        )
        return self._version(call, changed)

    async def delete_version(self, call: Call) -> Any:
        await self._registry.delete(call.workspace, call.text("name"), call.text("version"))
        return {}

    async def search_versions(self, call: Call) -> Any:
        view = self._registry.view(call.workspace, call.view)
        found = self._registry.versions(view, call.workspace, call.body)
        return _page(call, "model_versions", found, _VERSIONS_AT_ONCE)

    async def download_uri(self, call: Call) -> Any:
        return {"artifact_uri": self._registry.view(call.workspace, call.view).source(self._found(call))}

    def _found(self, call: Call) -> Asset:
        return self._registry.version(call.workspace, call.text("name"), call.text("version"))

    async def _describe(self, call: Call, version: str | None) -> Asset:
        text = call.body.get("description")
        return await self._registry.change(
            call.workspace, call.text("name"), version, lambda _: {} if text is None else {"description": str(text)}
        )

    async def _tag(self, call: Call, changed: Callable[[Mapping[str, str]], Mapping[str, str]]) -> Any:
        version = call.text("version") if "version" in call.body else None
        await self._registry.change(
            call.workspace, call.text("name"), version, lambda known: {"tags": changed(known.get("tags") or {})}
        )
        return {}

    def _model(self, call: Call, model: Asset) -> dict[str, Any]:
        return {"registered_model": self._registry.view(call.workspace, call.view).model(model).document}

    def _version(self, call: Call, version: Asset) -> dict[str, Any]:
        return {"model_version": self._registry.view(call.workspace, call.view).version(version).document}


def _page(call: Call, name: str, found: Sequence[Shown], most: int) -> dict[str, Any]:
    start, size = number_of(call.body, "page_token"), number_of(call.body, "max_results") or most
    page = {name: [one.document for one in found[start : start + size]]}
    return page | ({"next_page_token": str(start + size)} if len(found) > start + size else {})
