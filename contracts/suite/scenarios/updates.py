"""What may change on a job, and what becomes of it."""

from __future__ import annotations

import copy
from typing import Any

from contracts.suite import sources
from contracts.suite.answer import expect
from contracts.suite.bodies import EXPERIMENT, Json, command_job, plain_sweep
from contracts.suite.difference import having, text
from contracts.suite.scenario import Scenarios, prepared, scenario
from contracts.suite.workspace import Workspace


class Updates(Scenarios):
    """Changes of a job that is there."""

    @prepared
    def body(self, workspace: Workspace) -> Json:
        """The job that is changed."""
        return plain_sweep(workspace.surroundings, tags={"team": "vision", "stage": "old"})

    @prepared
    def name(self, workspace: Workspace, body: Json) -> str:
        """The name of the job that is changed; it is there."""
        name = workspace.name()
        workspace.put_job(name, body).must_be(201, {"name": name})
        return name

    @scenario("documented", "MicrosoftDocs/azure-docs issue 122250, azure-sdk-for-python pull request 47389")
    def test_other_limits_are_refused(self, workspace: Workspace, name: str, body: Json) -> None:
        """PUT with other limits answers 400: a job with this name exists, and its limits cannot be changed."""
        changed = copy.deepcopy(body)
        changed["properties"]["limits"]["maxTotalTrials"] += 1
        message = text(r"(?s)A job with this name already exists\..*limits.*cannot be changed.*")
        error = workspace.put_job(name, changed).must_be(400, {"error": {"code": "UserError", "message": message}})
        expect(having("JobPropertyImmutable"), str(error), "the inner error")
        limits = {"maxTotalTrials": body["properties"]["limits"]["maxTotalTrials"]}
        expect({"limits": limits}, workspace.job(name).json["properties"], workspace.last)

    @scenario("documented", sources.DEFINITIONS)
    def test_put_changes_description_and_display_name(self, workspace: Workspace, name: str, body: Json) -> None:
        """PUT with another description and display name answers 200, and GET shows them."""
        changes = {"description": "why", "displayName": "other"}
        workspace.put_job(name, {"properties": body["properties"] | changes}).must_be(200, {"properties": changes})
        expect({"properties": changes}, workspace.job(name).json, workspace.last)

    @scenario("documented", sources.DEFINITIONS)
    def test_put_changes_tags(self, workspace: Workspace, name: str, body: Json) -> None:
        """PUT with another value of a tag changes it, and adds new ones."""
        tags = {"team": "vision", "stage": "new", "more": "1"}
        workspace.put_job(name, {"properties": body["properties"] | {"tags": tags}}).must_be(200)
        expect({"properties": {"tags": tags}}, workspace.job(name).json, workspace.last)

    @scenario("inferred", "the service merges tags, as clients of run history see it")
    def test_tags_that_are_left_out_stay(self, workspace: Workspace, name: str, body: Json) -> None:
        """A tag that a later PUT leaves out stays."""
        workspace.put_job(name, {"properties": body["properties"] | {"tags": {"new": "1"}}}).must_be(200)
        tags = {"team": "vision", "stage": "old", "new": "1"}
        expect({"properties": {"tags": tags}}, workspace.job(name).json, workspace.last)

    @scenario("documented", sources.SDK)
    def test_run_history_changes_what_people_write(self, workspace: Workspace, name: str) -> None:
        """PATCH of the run, as the official client's update sends it, changes name, description and tags."""
        change = {"displayName": "patched", "description": "why", "tags": {"stage": "patched"}}
        workspace.history("PATCH", f"/experiments/{EXPERIMENT}/runs/{name}", change).must_be(200)
        expect({"properties": change}, workspace.job(name).json, workspace.last)
        expect({"properties": {"tags": {"team": "vision"}}}, workspace.job(name).json, workspace.last)

    @scenario("documented", sources.SDK)
    def test_run_history_adds_properties(self, workspace: Workspace, name: str) -> None:
        """PATCH of the run adds properties to those that there are."""
        workspace.history("PATCH", f"/runs/{name}", {"properties": {"ticket": "42"}}).must_be(200)
        properties = {"ticket": "42", "runTemplate": "HyperDrive"}
        expect({"properties": {"properties": properties}}, workspace.job(name).json, workspace.last)

    @scenario("documented", sources.SDK)
    def test_a_hidden_run_is_an_archived_job(self, workspace: Workspace, name: str) -> None:
        """PATCH of the run with hidden true archives the job, with false restores it."""
        for hidden in (True, False):
            workspace.history("PATCH", f"/experiments/{EXPERIMENT}/runs/{name}", {"hidden": hidden}).must_be(200)
            expect({"properties": {"isArchived": hidden}}, workspace.job(name).json, workspace.last)

    @scenario("documented", sources.DEFINITIONS)
    def test_put_archives_and_restores(self, workspace: Workspace, name: str, body: Json) -> None:
        """PUT with isArchived archives a job and restores it."""
        for archived in (True, False):
            workspace.put_job(name, {"properties": body["properties"] | {"isArchived": archived}}).must_be(200)
            expect({"properties": {"isArchived": archived}}, workspace.job(name).json, workspace.last)


class Deletion(Scenarios):
    """What becomes of a job that is deleted."""

    @prepared
    def ended(self, workspace: Workspace) -> str:
        """The name of a command job that has ended."""
        name = workspace.name()
        workspace.made(name, command_job(workspace.surroundings))
        workspace.ended(name)
        return name

    @scenario("documented", sources.DEFINITIONS)
    def test_a_job_that_has_ended_can_be_deleted(self, workspace: Workspace, ended: str) -> None:
        """DELETE of a job that has ended answers 200, 202 or 204, and the job is gone."""
        answer = workspace.arm("DELETE", f"/jobs/{ended}")
        expect(True, answer.status in (200, 202, 204), f"{workspace.last}: a status of success")
        workspace.until("the job is gone", lambda: workspace.arm("GET", f"/jobs/{ended}").status == 404)

    @scenario("documented", sources.DEFINITIONS)
    def test_a_job_that_is_not_there_can_be_deleted(self, workspace: Workspace) -> None:
        """DELETE of a job that does not exist answers 204."""
        workspace.arm("DELETE", f"/jobs/{workspace.name()}").must_be(204)

    @scenario("inferred", sources.NOT_PUBLISHED)
    def test_deleting_one_job_leaves_the_others(self, workspace: Workspace, ended: str) -> None:
        """DELETE takes one job, and no other."""
        other = workspace.name("other")
        workspace.made(other, plain_sweep(workspace.surroundings))
        workspace.arm("DELETE", f"/jobs/{ended}")
        workspace.until("the job is gone", lambda: workspace.arm("GET", f"/jobs/{ended}").status == 404)
        document: Any = workspace.job(other).json
        expect({"name": other}, document, workspace.last)
