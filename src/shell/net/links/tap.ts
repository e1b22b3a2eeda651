import type { Direction, Flow, OpenFlow } from "../../../core/model/flow.js";
import { now } from "../clock.js";
import { isStream, type Link } from "./link.js";

let flows = 0;

/** The same link, and everything that passes it as a flow of a pipeline: direction 0 is what we send. */
export function tapped(link: Link, open: OpenFlow): Link {
	const began = now();
	const flow: Flow = {
		id: ++flows,
		transport: link.transport === "udp" ? "udp" : "tcp",
		a: link.local,
		b: link.remote,
		openerKnown: true,
		midStream: false,
		tunnels: [],
		began: { sec: began.sec, nsec: began.nsec, packet: 0 },
	};
	if (!isStream(link.transport) || link.transport === "tls") flow.carrier = link.transport;
	const sink = open(flow);
	const tell = (dir: Direction, octets: Buffer): void => sink.data(dir, octets, 0, octets.length, now());
	const outer: Link = {
		transport: link.transport,
		local: link.local,
		remote: link.remote,
		send: (octets) => {
			tell(0, octets);
			link.send(octets);
		},
		end: () => link.end(),
		destroy: () => link.destroy(),
		onData: () => {},
		onClose: () => {},
	};
	link.onData = (octets) => {
		tell(1, octets);
		outer.onData(octets);
	};
	link.onClose = () => {
		sink.close(0, "fin", now());
		sink.close(1, "fin", now());
		outer.onClose();
	};
	return outer;
}
