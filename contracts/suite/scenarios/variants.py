"""Bodies of new sweeps that leave things out, or have more than the least."""

from __future__ import annotations

from contracts.suite import sources
from contracts.suite.answer import expect
from contracts.suite.bodies import Json, plain_sweep
from contracts.suite.difference import ANYTHING, json_text, same_text, unlike
from contracts.suite.scenario import Scenarios, scenario
from contracts.suite.workspace import Workspace


class Variants(Scenarios):
    """Bodies that leave things out, or have more than the least."""

    @scenario("recorded", sources.RECORDED_SWEEP)
    def test_random_sampling_is_completed(self, workspace: Workspace) -> None:
        """Random sampling without options comes back with rule Random, and seed and logbase null."""
        body = plain_sweep(workspace.surroundings, samplingAlgorithm={"samplingAlgorithmType": "Random"})
        algorithm = {"samplingAlgorithmType": "Random", "rule": "Random", "seed": None, "logbase": None}
        workspace.put_job(workspace.name(), body).must_be(201, {"properties": {"samplingAlgorithm": algorithm}})

    @scenario("recorded", sources.RECORDED_SWEEP)
    def test_random_sampling_is_told_in_a_tag(self, workspace: Workspace) -> None:
        """A tag tells random sampling as JSON text: its name, the space, and rule, logbase and seed."""
        body = plain_sweep(workspace.surroundings, samplingAlgorithm={"samplingAlgorithmType": "Random"})
        plan = {
            "name": "RANDOM",
            "parameter_space": body["properties"]["searchSpace"],
            "properties": {"rule": "Random", "logbase": None, "seed": None},
        }
        tags = {"_aml_system_generator_config": json_text(plan)}
        workspace.put_job(workspace.name(), body).must_be(201, {"properties": {"tags": tags}})

    @scenario("inferred", "as the recorded sweep shows what was left out of its limits")
    def test_limits_that_are_left_out_are_null(self, workspace: Workspace) -> None:
        """A sweep without limits is accepted and shows them as null."""
        body = plain_sweep(workspace.surroundings)
        body["properties"]["limits"] = {"jobLimitsType": "Sweep"}
        limits = {"maxTotalTrials": None, "maxConcurrentTrials": None, "timeout": None, "trialTimeout": None}
        workspace.put_job(workspace.name(), body).must_be(201, {"properties": {"limits": limits}})

    @scenario("documented", sources.DEFINITIONS)
    def test_environment_variables_of_the_trial_are_kept(self, workspace: Workspace) -> None:
        """The environment variables of the trial come back as they were sent."""
        body = plain_sweep(workspace.surroundings)
        body["properties"]["trial"]["environmentVariables"] = variables = {"LEVEL": "debug", "EMPTY": ""}
        trial = {"environmentVariables": variables}
        workspace.put_job(workspace.name(), body).must_be(201, {"properties": {"trial": trial}})

    @scenario("documented", sources.DEFINITIONS)
    def test_a_seed_and_rule_are_kept(self, workspace: Workspace) -> None:
        """Seed and rule of random sampling come back; the SDK's lower-case rule is accepted."""
        algorithm = {"samplingAlgorithmType": "Random", "rule": "sobol", "seed": 7}
        body = plain_sweep(workspace.surroundings, samplingAlgorithm=algorithm)
        answer = workspace.put_job(workspace.name(), body)
        answer.must_be(201, {"properties": {"samplingAlgorithm": {"seed": 7, "rule": same_text("sobol")}}})

    @scenario("documented", sources.SDK)
    def test_a_bandit_policy_is_kept(self, workspace: Workspace) -> None:
        """A Bandit policy comes back as it was sent."""
        policy = {"policyType": "Bandit", "slackFactor": 0.1, "evaluationInterval": 2, "delayEvaluation": 5}
        body = plain_sweep(workspace.surroundings, earlyTermination=policy)
        workspace.put_job(workspace.name(), body).must_be(201, {"properties": {"earlyTermination": policy}})

    @scenario("inferred", sources.NOT_PUBLISHED)
    def test_a_job_without_experiment_is_in_the_default_one(self, workspace: Workspace) -> None:
        """A job that names no experiment belongs to Default."""
        body = plain_sweep(workspace.surroundings, experimentName=None)
        workspace.put_job(workspace.name(), body).must_be(201, {"properties": {"experimentName": "Default"}})

    @scenario("recorded", sources.RECORDED_SWEEP)
    def test_a_job_without_display_name_shows_its_name(self, workspace: Workspace) -> None:
        """A job that has no display name shows its name."""
        name = workspace.name()
        body = plain_sweep(workspace.surroundings)
        workspace.put_job(name, body).must_be(201, {"properties": {"displayName": name}})

    @scenario("documented", sources.SDK)
    def test_literal_inputs_and_outputs_are_kept(self, workspace: Workspace) -> None:
        """A literal input comes back as text, an output with its type and mode."""
        inputs = {"epochs": {"jobInputType": "literal", "value": "3"}}
        outputs = {"model": {"jobOutputType": "uri_folder", "mode": "ReadWriteMount"}}
        body = plain_sweep(workspace.surroundings, inputs=inputs, outputs=outputs)
        answer = workspace.put_job(workspace.name(), body)
        answer.must_be(201, {"properties": {"inputs": inputs, "outputs": outputs}})

    @scenario("documented", sources.DEFINITIONS)
    def test_description_and_properties_of_the_user_are_kept(self, workspace: Workspace) -> None:
        """Description, tags and properties of the user come back beside the service's."""
        own: Json = {"description": "why", "tags": {"a": "1", "b": ""}, "properties": {"ticket": "42"}}
        body = plain_sweep(workspace.surroundings, **own)
        properties = own | {"properties": {"ticket": "42", "runTemplate": "HyperDrive"}}
        workspace.put_job(workspace.name(), body).must_be(201, {"properties": properties})

    @scenario("documented", sources.DEFINITIONS)
    def test_a_stable_api_version_is_served(self, workspace: Workspace) -> None:
        """A stable api-version creates and reads a sweep as well as a preview does."""
        name, version = workspace.name(), "2024-10-01"
        body = plain_sweep(workspace.surroundings)
        workspace.arm("PUT", f"/jobs/{name}", body, api=version).must_be(201, {"name": name})
        workspace.arm("GET", f"/jobs/{name}", api=version).must_be(200, {"properties": {"jobType": "Sweep"}})

    @scenario("documented", sources.ARM)
    def test_the_same_body_again_changes_nothing(self, workspace: Workspace) -> None:
        """PUT of the same body again answers 200 with the job that there is."""
        name, body = workspace.name(), plain_sweep(workspace.surroundings)
        created = workspace.put_job(name, body).must_be(201, {"systemData": {"createdAt": ANYTHING}})
        again = {"id": created["id"], "systemData": {"createdAt": created["systemData"]["createdAt"]}}
        workspace.put_job(name, body).must_be(200, again)

    @scenario("documented", sources.ARM)
    def test_a_fetched_document_can_be_put_back(self, workspace: Workspace) -> None:
        """The document that GET shows is a body that PUT accepts for the same job."""
        name = workspace.name()
        fetched = workspace.made(name, plain_sweep(workspace.surroundings)).json
        workspace.put_job(name, fetched).must_be(200, {"id": fetched["id"]})

    @scenario("documented", sources.DEFINITIONS)
    def test_unknown_fields_do_no_harm(self, workspace: Workspace) -> None:
        """A body with a field that no version defines is accepted."""
        name = workspace.name()
        answer = workspace.put_job(name, plain_sweep(workspace.surroundings, fieldOfTomorrow={"a": 1}))
        answer.must_be(201, {"name": name, "properties": {"jobType": "Sweep"}})

    @scenario("inferred", sources.NOT_PUBLISHED)
    def test_two_jobs_are_told_apart(self, workspace: Workspace) -> None:
        """Two jobs with the same body have documents, ids and pages of their own."""
        body = plain_sweep(workspace.surroundings)
        one, other = (workspace.made(workspace.name(which), body) for which in ("a", "b"))
        for path in (("id",), ("name",), ("properties", "services", "Studio", "endpoint")):
            expect(unlike(one.field(*path)), other.field(*path), f"{'.'.join(path)} of the second job")
