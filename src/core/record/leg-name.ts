import type { Flow } from "../model/flow.js";
import type { CaptureInterface } from "../model/packet.js";

type Marks = Pick<Flow, "leg" | "hop" | "carrier">;

/** What an interface of a recording is called: by its leg and by what was taken off. The hop stands in the description. */
export function interfaceName({ leg, carrier }: Marks): string {
	const place = leg === undefined ? "messages" : `${leg} leg`;
	return carrier === undefined ? `mitmsrp ${place}` : `mitmsrp ${place} (${carrier})`;
}

export function interfaceDescription({ leg, hop }: Marks): string | undefined {
	return leg === undefined || hop === undefined ? undefined : `hop ${hop}`;
}

/**
 * What our own recordings say about the flows of an interface: its leg and hop, and that its content was in TLS ("wss" is written
 * as WebSocket, so TLS is all that is missing). Nothing for captures of others.
 */
export function marksOf({ name, description }: CaptureInterface): Marks {
	const found = /^mitmsrp (client leg|server leg|messages)(?: \((tls|ws|wss)\))?$/.exec(name ?? "");
	if (found === null) return {};
	const marks: Marks = {};
	if (found[1] !== "messages") {
		marks.leg = found[1] === "client leg" ? "client" : "server";
		if (description?.startsWith("hop ")) marks.hop = description.slice(4);
	}
	if (found[2] === "tls" || found[2] === "wss") marks.carrier = "tls";
	return marks;
}
