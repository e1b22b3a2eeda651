export { ACTIONS } from "./actions/index.js";
export type { Fired } from "./engine/chain.js";
export { type DeskRule, RuleDesk, RuleDeskError } from "./engine/desk.js";
export type { RuleReport } from "./engine/report.js";
export { NO_RULES, type Rule, type RuleSet } from "./engine/rule.js";
export { type RuleLogLine, RuleStage, type RuleStageOptions } from "./engine/stage.js";
export { type Loaded, loadRules, type RuleFiles, type RuleSource } from "./load/load.js";
export { problemText, type RuleProblem } from "./load/problems.js";
export { parseYaml } from "./load/yaml.js";
