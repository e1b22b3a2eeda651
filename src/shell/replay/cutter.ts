import { MsrpStreamDecoder } from "../../core/protocols/msrp/index.js";
import { SipStreamDecoder } from "../../core/protocols/sip/index.js";

const PONG = Buffer.from("\r\n");

/**
 * Cuts a stream into whole messages; `message` owns the octets. What is no message is passed over; `answer` gets what answers a
 * keep-alive (RFC 5626 §4.4.1).
 */
export function messageCutter(
	protocol: "sip" | "msrp",
	message: (octets: Buffer) => void,
	answer: (octets: Buffer) => void,
): (octets: Buffer) => void {
	const nothing = { skipped: () => {}, problem: () => {} };
	const take = (view: { bytes: Buffer; start: number; end: number }): void =>
		message(Buffer.from(view.bytes.subarray(view.start, view.end)));
	const keepalive = (kind: "ping" | "pong"): void => {
		if (kind === "ping") answer(PONG);
	};
	const decoder =
		protocol === "sip"
			? new SipStreamDecoder({ ...nothing, message: take, keepalive })
			: new MsrpStreamDecoder({ ...nothing, frame: take });
	return (octets) => decoder.feed(octets, 0, octets.length);
}
