import type { Flow } from "../../src/core/model/flow.js";
import type { Moment } from "../../src/core/model/time.js";

export function moment(ms: number): Moment {
	return { sec: 1000 + Math.floor(ms / 1000), nsec: (ms % 1000) * 1_000_000, packet: 0 };
}

export function flow(id: number, over: Partial<Flow> = {}): Flow {
	return {
		id,
		transport: "tcp",
		a: { address: "192.0.2.1", port: 7394 },
		b: { address: "192.0.2.2", port: 8493 },
		openerKnown: true,
		midStream: false,
		tunnels: [],
		began: moment(0),
		...over,
	};
}
