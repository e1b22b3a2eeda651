import type { RouteFamily } from "../route.js";
import { ALG } from "./alg.js";
import { BREAKPOINTS } from "./breakpoints.js";
import { CONNECTIONS } from "./connections.js";
import { ENTRIES } from "./entries.js";
import { EVENTS } from "./events.js";
import { HELD_MESSAGES } from "./held.js";
import { HOPS } from "./hops.js";
import { METRICS } from "./metrics.js";
import { RULES } from "./rules.js";
import { STATUS } from "./status.js";
import { WAIT } from "./wait.js";

/** All routes, in the order of the reference page. */
export const FAMILIES: readonly RouteFamily[] = [
	ENTRIES,
	WAIT,
	EVENTS,
	BREAKPOINTS,
	HELD_MESSAGES,
	CONNECTIONS,
	RULES,
	ALG,
	HOPS,
	METRICS,
	STATUS,
];
