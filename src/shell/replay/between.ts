import type { Direction, Flow, FlowSink, OpenFlow } from "../../core/model/flow.js";
import { copyMoment } from "../../core/model/time.js";
import { Pipeline } from "../../core/pipeline/pipeline.js";
import { RelayHub } from "../../core/relay/hub.js";
import type { RelayStage } from "../../core/relay/stage.js";
import type { Relay } from "../../core/relay/types.js";
import { millisecondsUntil, now } from "../net/clock.js";
import type { Link } from "../net/links/index.js";

export interface BetweenOptions {
	/** what messages pass on their way, as in a live proxy: rules, ALG profiles */
	stages?: readonly RelayStage[];
	/** told of what goes to the peer and what comes from it, on the wire's side of the stages: a pipeline, a recording */
	openFlow: OpenFlow;
	/** both sides of the stages are told, as legs of a proxy are; else the played side's is known to the stages alone */
	legs?: boolean;
}

/** What stands between the side that is played and its peer: changes messages, records them, both ways. */
export class Between {
	readonly #hub: RelayHub;
	readonly #openFlow: OpenFlow;
	readonly #inside: OpenFlow;
	readonly #legs: boolean;
	#flows = 0;

	constructor({ stages = [], openFlow, legs = false }: BetweenOptions) {
		this.#legs = legs;
		// Stages ask what a message is as it came, and that is known where it came in.
		const inside = new Pipeline({ classify: {}, onEntry: () => {} });
		this.#inside = legs ? openFlow : stages.length > 0 ? (flow) => inside.openFlow(flow) : () => UNSEEN;
		this.#hub = new RelayHub({ stages });
		this.#openFlow = openFlow;
	}

	/** The link as the played side sees it. */
	wrap(link: Link, side: "client" | "server"): Link {
		const { transport, local, remote } = link;
		const away: Direction = side === "client" ? 0 : 1;
		const [a, b] = side === "client" ? [local, remote] : [remote, local];
		const flow = (leg: "client" | "server"): Flow => ({
			id: ++this.#flows,
			transport: transport === "udp" ? "udp" : "tcp",
			a,
			b,
			openerKnown: true,
			midStream: false,
			tunnels: [],
			began: copyMoment(now()),
			leg,
			...(transport === "tcp" || transport === "udp" ? {} : { carrier: transport }),
		});
		const outer = side === "client" ? "server" : "client";
		const legs = { client: flow("client"), server: flow("server") };
		let timer: NodeJS.Timeout | undefined;
		const outside: Link = {
			transport,
			local,
			remote,
			...(link.subprotocol === undefined ? {} : { subprotocol: link.subprotocol }),
			send: (octets) => pass(away, octets, (one) => link.send(one)),
			end: () => {
				over();
				link.end();
			},
			destroy: () => {
				over();
				link.destroy();
			},
			onData: () => {},
			onClose: () => {},
		};
		const relay: Relay = this.#hub.connect(
			{
				...legs,
				openFlow: (one) => (one.leg === outer ? this.#openFlow(this.#legs ? one : withoutLeg(one)) : this.#inside(one)),
			},
			{
				send: (dir, octets) => (dir === away ? link.send(octets) : outside.onData(octets)),
				close: (dir, how) => {
					if (how === "rst") link.destroy();
					else if (dir === away) link.end();
				},
				wake: () => setImmediate(schedule),
			},
		);
		const pass = (dir: Direction, octets: Buffer, straight: (octets: Buffer) => void): void => {
			if (relay.active(dir)) relay.feed(dir, octets, 0, octets.length, now());
			else {
				relay.passed(dir, octets, 0, octets.length, now());
				straight(octets);
			}
			schedule();
		};
		const schedule = (): void => {
			clearTimeout(timer);
			const at = relay.wakeAt;
			if (at === undefined) return;
			timer = setTimeout(() => {
				relay.advance(now());
				schedule();
			}, millisecondsUntil(at));
		};
		const over = (): void => {
			clearTimeout(timer);
			relay.close(away, "idle", now());
			clearTimeout(timer);
		};
		link.onData = (octets) => pass(away === 0 ? 1 : 0, octets, (one) => outside.onData(one));
		link.onClose = () => {
			clearTimeout(timer);
			outside.onClose();
		};
		return outside;
	}
}

/** There is one connection, so it has no legs for whoever reads the recording. */
function withoutLeg(flow: Flow): Flow {
	const { leg: _, ...plain } = flow;
	// Who made the flow sees its entries: that has to stay the same object's business.
	return { ...plain, annotate: (entry) => flow.annotate?.(entry) };
}

const UNSEEN: FlowSink = { data: () => {}, gap: () => {}, close: () => {}, problem: () => {}, interested: () => false };
