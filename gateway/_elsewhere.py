"""Public names of azure-ai-ml that the gateway has not: refused with a sentence, instead of as if they were misspelt.

`tests/gateway/test_public_names.py` compares the lists with the official package. A name that is served wins.
"""

from __future__ import annotations

#: Names of `azure.ai.ml`.
PACKAGE = """
    load_batch_deployment load_batch_endpoint load_capability_host load_compute load_connection load_datastore
    load_deployment_template load_feature_set load_feature_store load_feature_store_entity load_index
    load_marketplace_subscription load_model_package load_online_deployment load_online_endpoint load_registry
    load_serverless_endpoint load_workspace load_workspace_connection spark automl parallel data_transfer
"""

#: Names of `azure.ai.ml.entities`.
ENTITIES = """
    APIKeyConnection AadCredentialConfiguration AcceleratorMap AccessKeyConfiguration AlertNotification
    AmlComputeNodeInfo AmlComputeSshSettings ApiKeyConfiguration AssignedUserConfiguration AutoPauseSettings
    AutoScaleSettings AzureAISearchConfig AzureAISearchConnection AzureAIServicesConnection AzureBlobStoreConnection
    AzureContentSafetyConnection AzureDataLakeGen1Datastore AzureMLBatchInferencingServer
    AzureMLOnlineInferencingServer AzureOpenAIConnection AzureOpenAIDeployment AzureSpeechServicesConnection
    BaseEnvironment BaselineDataRange BatchDeployment BatchEndpoint BatchJob BatchRetrySettings CapabilityHost
    CapabilityHostKind CategoricalDriftMetrics CertificateConfiguration CodeConfiguration
    ComputeConfiguration ComputeInstanceSshSettings ComputePowerAction ComputeRuntime ComputeSchedules
    ComputeStartStopSchedule ContainerRegistryCredential CreatedByType CronTrigger CustomApplications
    CustomInferencingServer CustomModelFineTuningJob CustomMonitoringMetricThreshold CustomMonitoringSignal
    CustomerManagedKey DataAsset DataAvailabilityStatus DataCollector DataColumn DataColumnType
    DataDriftMetricThreshold DataDriftSignal DataImport DataQualityMetricThreshold DataQualityMetricsCategorical
    DataQualityMetricsNumerical DataQualitySignal DataSegment DefaultActionType DefaultScaleSettings Deployment
    DeploymentCollection DeploymentTemplate DeploymentTemplateReference DiagnoseRequestProperties
    DiagnoseResponseResult DiagnoseResponseResultValue DiagnoseResult DiagnoseWorkspaceParameters Endpoint
    EndpointAadToken EndpointAuthKeys EndpointAuthToken EndpointConnection EndpointsSettings FADProductionData
    Feature FeatureAttributionDriftMetricThreshold FeatureAttributionDriftSignal FeatureSet
    FeatureSetBackfillMetadata FeatureSetBackfillRequest FeatureSetMaterializationMetadata FeatureSetSpecification
    FeatureStore FeatureStoreEntity FeatureStoreSettings FeatureWindow FixedInputData FqdnDestination
    GenerationSafetyQualityMonitoringMetricThreshold GenerationSafetyQualitySignal
    GenerationTokenStatisticsMonitorMetricThreshold GenerationTokenStatisticsSignal GitSource Hub IPRule
    IdentityConfiguration ImageMetadata ImageSettings ImportDataSchedule Index IndexDataSource
    IndexModelConfiguration InputPort IntellectualProperty IsolationMode JobResources JobSchedule KubernetesCompute
    KubernetesOnlineDeployment KubernetesOnlineEndpoint LlmData LocalSource ManagedNetwork
    ManagedNetworkProvisionStatus ManagedOnlineDeployment ManagedOnlineEndpoint MarketplacePlan
    MarketplaceSubscription MaterializationComputeResource MaterializationSettings MaterializationStore
    MaterializationType MicrosoftOneLakeConnection ModelBatchDeployment ModelBatchDeploymentSettings
    ModelConfiguration ModelPackage ModelPackageInput ModelPerformanceClassificationThresholds
    ModelPerformanceMetricThreshold ModelPerformanceRegressionThresholds ModelPerformanceSignal MonitorDefinition
    MonitorFeatureFilter MonitorInputData MonitorSchedule MonitoringTarget NetworkAcls NetworkSettings
    NotebookAccessKeys Notification NumericalDriftMetrics OneLakeArtifact OneLakeConnectionArtifact OneLakeDatastore
    OnlineDeployment OnlineEndpoint OnlineRequestSettings OnlineScaleSettings OpenAIConnection OutboundRule
    PackageInputPathId PackageInputPathUrl PackageInputPathVersion Parallel ParallelComponent ParallelTask
    PatTokenConfiguration PipelineComponentBatchDeployment
    PredictionDriftMetricThreshold PredictionDriftSignal PrivateEndpoint
    PrivateEndpointDestination ProbeSettings ProductionData Project RecurrencePattern RecurrenceTrigger
    ReferenceData Registry RegistryRegionDetails RequestLogging ResourceRequirementsSettings ResourceSettings
    RetrySettings Route Schedule ScheduleState ScheduleTriggerResult ScriptReference SerpConnection
    ServerlessComputeSettings ServerlessConnection ServerlessEndpoint ServerlessSparkCompute ServiceInstance
    ServicePrincipalConfiguration ServiceTagDestination SetupScripts Spark SparkComponent SparkJob SparkJobEntry
    SparkJobEntryType SparkResourceConfiguration StaticInputData SynapseSparkCompute SystemCreatedAcrAccount
    SystemCreatedStorageAccount TargetUtilizationScaleSettings TrailingInputData TritonInferencingServer
    UnsupportedCompute Usage UsageName UsageUnit UsernamePasswordConfiguration VirtualMachineCompute
    VirtualMachineSshSettings VmSize VolumeSettings WorkspaceConnection WorkspaceKeys WorkspaceModelReference
"""


def sentence(package: str, name: str) -> str:
    """The message for a program that imports such a name."""
    official = package.replace("gateway", "azure.ai.ml", 1)
    return (
        f"{package} has no {name}: amlet runs sweep, command and pipeline jobs and what they need. "
        f"Import it from {official}, and hand it to azure.ai.ml.MLClient"
    )
