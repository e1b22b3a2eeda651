import type { Endpoint } from "../../core/model/flow.js";
import type { Gone } from "../net/gone.js";
import type { ProxyContext } from "./context.js";
import type { Service } from "./service.js";

/** Whoever wants to reach a target: an accepted connection, or a UDP association. */
export interface Caller {
	readonly context: ProxyContext;
	readonly service: Service;
	/** the client, and what it reached us at */
	readonly a: Endpoint;
	readonly b: Endpoint;
	/** aborted when it is not wanted any more */
	readonly gone: Gone;
}
