export { createAlg } from "./box.js";
export { AlgNameError } from "./names.js";
export { PROFILES } from "./profiles/index.js";
export type { AlgBox, AlgEdit, AlgMessage, AlgOutcome, AlgScene, OptionSpec, OptionValue, Side } from "./types.js";
