"""What the service answers to a new sweep."""

from __future__ import annotations

from typing import Any

from contracts.suite import sources
from contracts.suite.answer import expect
from contracts.suite.bodies import Json, plain_sweep
from contracts.suite.difference import ANYTHING, having, json_text, same_text, text
from contracts.suite.scenario import Scenarios, prepared, scenario
from contracts.suite.workspace import Workspace


class Creation(Scenarios):
    """PUT of a sweep, and the document that it answers with; a subclass can give another `body`."""

    @prepared
    def body(self, workspace: Workspace) -> Json:
        """The sweep that is created."""
        return plain_sweep(workspace.surroundings, displayName="shown", tags={"team": "vision"})

    @prepared
    def created(self, workspace: Workspace, body: Json) -> Any:
        """The document of a sweep with this body."""
        return workspace.made(workspace.shared_name("created"), body).json

    @scenario("recorded", sources.RECORDED_SWEEP)
    def test_a_new_job_answers_201_and_its_location(self, workspace: Workspace, body: Json) -> None:
        """PUT of a new job answers 201 with a Location header that names the job."""
        name = workspace.name()
        answer = workspace.put_job(name, body)
        answer.must_be(201, {"name": name}, {"location": having(f"/jobs/{name}?api-version=")})

    @scenario("recorded", sources.RECORDED_SWEEP)
    def test_the_document_is_an_arm_resource(self, workspace: Workspace, created: Any) -> None:
        """A job's document has the ARM id, name and type of the resource."""
        name = created["name"]
        expected = {
            "id": same_text(f"{workspace.id}/jobs/{name}"),
            "type": "Microsoft.MachineLearningServices/workspaces/jobs",
        }
        expect(expected, created, workspace.last)

    @scenario("recorded", sources.RECORDED_SWEEP)
    def test_a_sweep_is_running_in_the_answer_to_its_put(self, workspace: Workspace, body: Json) -> None:
        """The answer to the PUT of a sweep already says Running."""
        workspace.put_job(workspace.name(), body).must_be(201, {"properties": {"status": "Running"}})

    @scenario("recorded", sources.RECORDED_SWEEP)
    def test_get_shows_what_put_answered(self, workspace: Workspace, created: Any) -> None:
        """GET shows what PUT answered, but for status and the service's own tags and properties."""
        moving = ("status", "tags", "properties")
        fixed = {key: value for key, value in created["properties"].items() if key not in moving}
        expected = {"id": created["id"], "type": created["type"], "properties": fixed}
        expect(expected, workspace.job(created["name"]).json, workspace.last)

    @scenario("recorded", sources.RECORDED_SWEEP)
    def test_the_job_type_and_display_name_are_kept(self, workspace: Workspace, body: Json, created: Any) -> None:
        """Job type, display name and experiment are those of the body."""
        kept = {key: body["properties"][key] for key in ("jobType", "displayName", "experimentName")}
        expect({"properties": kept}, created, workspace.last)

    @scenario("recorded", sources.RECORDED_SWEEP)
    def test_the_search_space_is_kept_as_sent(self, workspace: Workspace, body: Json, created: Any) -> None:
        """The search space comes back as it was sent, in the order of its names."""
        space = body["properties"]["searchSpace"]
        expect({"properties": {"searchSpace": space}}, created, workspace.last)
        expect(list(space), list(created["properties"]["searchSpace"]), "the names of the search space")

    @scenario("recorded", sources.RECORDED_SWEEP)
    def test_the_goal_is_capitalised(self, workspace: Workspace, body: Json, created: Any) -> None:
        """The goal is sent in lower case by the official client and comes back capitalised."""
        objective = body["properties"]["objective"]
        expected = {"goal": objective["goal"].capitalize(), "primaryMetric": objective["primaryMetric"]}
        expect({"properties": {"objective": expected}}, created, workspace.last)

    @scenario("recorded", sources.RECORDED_SWEEP)
    def test_limits_are_kept_and_completed(self, workspace: Workspace, body: Json, created: Any) -> None:
        """Limits come back as sent, and a trial timeout that was not given as null."""
        limits = {"trialTimeout": None, **body["properties"]["limits"]}
        expect({"properties": {"limits": limits}}, created, workspace.last)

    @scenario("recorded", sources.RECORDED_SWEEP)
    def test_an_absent_policy_is_null(self, workspace: Workspace, created: Any) -> None:
        """A sweep without an early termination policy shows null."""
        expect({"properties": {"earlyTermination": None, "isArchived": False}}, created, workspace.last)

    @scenario("recorded", sources.RECORDED_SWEEP)
    def test_an_environment_name_becomes_an_id(self, workspace: Workspace, body: Json, created: Any) -> None:
        """`azureml:NAME:VERSION` comes back as the environment's ARM id; an id stays what it is."""
        sent = body["properties"]["trial"]["environmentId"]
        name, _, version = sent.removeprefix("azureml:").rpartition(":")
        short = sent.startswith("azureml:") and "/" not in sent
        wanted = f"{workspace.id}/environments/{name}/versions/{version}" if short else sent
        expect({"properties": {"trial": {"environmentId": same_text(wanted)}}}, created, workspace.last)

    @scenario("recorded", sources.RECORDED_SWEEP)
    def test_the_trial_is_kept_and_completed(self, workspace: Workspace, body: Json, created: Any) -> None:
        """The trial's command comes back as sent, its resources with one instance."""
        trial = {
            "command": body["properties"]["trial"]["command"],
            "environmentVariables": {},
            "distribution": None,
            "resources": {"instanceCount": 1, "instanceType": None},
        }
        expect({"properties": {"trial": trial}}, created, workspace.last)

    @scenario("recorded", sources.RECORDED_SWEEP)
    def test_the_inputs_are_kept(self, workspace: Workspace, body: Json, created: Any) -> None:
        """Inputs come back, and an absent identity as null."""
        expect({"properties": {"inputs": body["properties"]["inputs"], "identity": None}}, created, workspace.last)

    @scenario("recorded", sources.RECORDED_SWEEP)
    def test_system_data_says_when_and_who(self, workspace: Workspace, created: Any) -> None:
        """systemData has the moment with seven digits of a second and an offset, and a user."""
        stamp = text(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?(\+00:00|Z)")
        expected = {"createdAt": stamp, "createdBy": ANYTHING, "createdByType": "User"}
        expect({"systemData": expected}, created, workspace.last)

    @scenario("recorded", sources.RECORDED_SWEEP)
    def test_the_service_s_tags_tell_the_limits(self, workspace: Workspace, body: Json, created: Any) -> None:
        """Tags `_aml_system_...` tell most trials and most at a time, as text, beside the user's tags."""
        limits = body["properties"]["limits"]
        tags = {
            "_aml_system_max_total_jobs": str(limits["maxTotalTrials"]),
            "_aml_system_max_concurrent_jobs": str(limits["maxConcurrentTrials"]),
            "_aml_system_max_duration_minutes": text(r"\d+"),
            **body["properties"]["tags"],
        }
        expect({"properties": {"tags": tags}}, created, workspace.last)

    @scenario("recorded", sources.RECORDED_SWEEP)
    def test_the_service_s_tags_tell_the_plan(self, workspace: Workspace, body: Json, created: Any) -> None:
        """Tags tell policy, sampling and primary metric as JSON text."""
        properties = body["properties"]
        objective = properties["objective"]
        tags = {
            "_aml_system_policy_config": json_text({"name": "Default", "properties": {}}),
            "_aml_system_generator_config": having('"parameter_space":'),
            "_aml_system_primary_metric_config": json_text(
                {"name": objective["primaryMetric"], "goal": objective["goal"].lower()}
            ),
        }
        expect({"properties": {"tags": tags}}, created, workspace.last)

    @scenario("recorded", sources.RECORDED_SWEEP)
    def test_the_service_s_tags_tell_the_state(self, workspace: Workspace, body: Json) -> None:
        """In the answer to the PUT the tags say: not all trials drawn, no cancellation asked for."""
        answer = workspace.put_job(workspace.name(), body)
        flags = {"_aml_system_all_jobs_generated": "false", "_aml_system_cancellation_requested": "false"}
        answer.must_be(201, {"properties": {"tags": flags}})

    @scenario("recorded", sources.RECORDED_SWEEP)
    def test_the_properties_name_a_hyperdrive_run(self, workspace: Workspace, body: Json, created: Any) -> None:
        """The properties say that the run is HyperDrive's, and what its primary metric is."""
        objective = body["properties"]["objective"]
        metric = {"name": objective["primaryMetric"], "goal": objective["goal"].lower()}
        properties = {
            "runTemplate": "HyperDrive",
            "azureml.runsource": "hyperdrive",
            "platform": "AML",
            "resume_from": "null",
            "primary_metric_config": json_text(metric),
        }
        expect({"properties": {"properties": properties}}, created, workspace.last)

    @scenario("recorded", sources.RECORDED_SWEEP)
    def test_a_studio_url_leads_to_the_job(self, workspace: Workspace, created: Any) -> None:
        """services.Studio has the URL of the job's page: runs/NAME, and the workspace as wsid."""
        page = text(rf"https://[^/]+/runs/{created['name']}\?wsid=/subscriptions/.+/workspaces/[^/]+")
        studio = {"jobServiceType": "Studio", "endpoint": page, "status": None, "errorMessage": None}
        expect({"properties": {"services": {"Studio": studio}}}, created, workspace.last)

    @scenario("recorded", sources.RECORDED_SWEEP)
    def test_the_answer_carries_arm_s_headers(self, workspace: Workspace, body: Json) -> None:
        """Answers are JSON, are not to be cached, and have the service's response type."""
        headers = {
            "content-type": text(r"application/json.*"),
            "cache-control": "no-cache",
            "x-ms-response-type": "standard",
        }
        workspace.made(workspace.shared_name("created"), body).must_be(ANYTHING, headers=headers)
