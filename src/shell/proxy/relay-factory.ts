import type { Flow, OpenFlow } from "../../core/model/flow.js";
import type { Relay, RelaySink } from "../../core/relay/types.js";
import type { ToxicSet } from "../../core/toxics/set.js";

/** What a relay is made for: one connection, or one UDP association, through the proxy. */
export interface RelayOpening {
	/** the leg towards the client: `a` is the client, `b` what it reached us at */
	client: Flow;
	/** the leg towards the server: `a` is our outgoing address, `b` the target */
	server: Flow;
	/** opens a flow of the pipeline that all relays of a proxy share */
	openFlow: OpenFlow;
	/** what the hop does to all octets; a relay of one's own may leave it alone */
	toxics?: ToxicSet | undefined;
}

export interface RelayFactory {
	(opening: RelayOpening, sink: RelaySink): Relay;
	/**
	 * True when relays may hold or change octets. WebSocket connections are then ended here, so that the relay is given messages;
	 * else they are tunnelled as they are.
	 */
	readonly rewrites?: boolean;
}
