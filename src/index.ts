/**
 * mitmsrp as a library: decode octets or a capture to entries.
 * @packageDocumentation
 */

export * from "./core/alg/index.js";
export { WhatIf, type WhatIfMessage, type WhatIfOptions, type WhatIfRewrite } from "./core/alg/what-if.js";
export type { HeaderEdits, MessageEdit } from "./core/breakpoints/edit.js";
export { BreakpointStage, type BreakpointStageOptions } from "./core/breakpoints/stage.js";
export {
	type Breakpoint,
	type BreakpointChange,
	BreakpointError,
	type BreakpointLimits,
	type BreakpointOptions,
	type HeldMessage,
	type OpenConnection,
	type ResumeOptions,
} from "./core/breakpoints/types.js";
export * from "./core/export/index.js";
export type { FilterContext, FilterField } from "./core/fields/filter/types.js";
export { DIAGNOSTICS, diagnostic } from "./core/model/diagnostics/index.js";
export type * from "./core/model/entry.js";
export type { CloseHow, Direction, Endpoint, Flow, FlowSink, OpenFlow } from "./core/model/flow.js";
export { DEFAULT_LIMITS, type Limits } from "./core/model/limits.js";
export type { CaptureInfo, CaptureInterface, CaptureParser, Packet } from "./core/model/packet.js";
export type { DiagnosticDefinition, DiagnosticId, Problem, Severity } from "./core/model/problem.js";
export type { Rewriting, SpanEdit, StageEdits } from "./core/model/rewriting.js";
export { copyMoment, type Moment, seconds } from "./core/model/time.js";
export { Pipeline, type PipelineOptions } from "./core/pipeline/pipeline.js";
export { AlgStage, type AlgStageOptions } from "./core/relay/alg-stage.js";
export { RelayHub, type RelayHubOptions } from "./core/relay/hub.js";
export type { Action, Hold, HoldLimit, Injection, MsrpUnit, RelayConnection, RelayStage, SipUnit } from "./core/relay/stage.js";
export type { Relay, RelaySink } from "./core/relay/types.js";
export { Report } from "./core/report/report.js";
export type { ReportOptions } from "./core/report/types.js";
export { compileFilter, type Filter, FilterError } from "./core/rules/filter/index.js";
export { type DeskRule, RuleDesk, RuleDeskError, type RuleReport, RuleStage, type RuleStageOptions } from "./core/rules/index.js";
export {
	type EntryChange,
	type EntryPage,
	type EntryQuery,
	EntryStore,
	type EntryStoreOptions,
} from "./core/store/entry-store.js";
export * from "./demo/index.js";
export { type AnalyzeHandlers, type AnalyzeOptions, analyzeCapture } from "./shell/analyze.js";
export { type ApiOptions, type ControlApi, startApi } from "./shell/api/server.js";
export {
	type AddedRule,
	type AlgState,
	ControlledProxy,
	type ControlledProxyOptions,
	type HandledBreakpoint,
	startProxy,
} from "./shell/live/controlled-proxy.js";
export type { BreakpointHandler } from "./shell/live/handler.js";
export { WaitError, type WaitOptions } from "./shell/live/wait.js";
export { HopError } from "./shell/proxy/hop-options.js";
export { ListenError, type OpenHop } from "./shell/proxy/listen.js";
export { createProxy, LiveProxy, type ProxyEvents, type ProxyOptions, type ProxySummary, type ProxyTotals } from "./shell/proxy/proxy.js";
export { createRecording, type Recording, RecordingError, type RecordingOptions, type RecordingSummary } from "./shell/proxy/recording.js";
export type { RelayFactory, RelayOpening } from "./shell/proxy/relay-factory.js";
export { startToxiproxyApi, type ToxiproxyApi, type ToxiproxyOptions } from "./shell/toxiproxy/server.js";
