import type { BreakpointStage } from "../../core/breakpoints/stage.js";
export interface LiveControls { readonly breakpoints?: BreakpointStage }
