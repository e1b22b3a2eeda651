import { describe, expect, it } from "vitest";
import { Retransmissions } from "../../src/core/replay/retransmissions.js";

const request = (method: string, branch: string, number = 1): Buffer =>
	Buffer.from(
		`${method} sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=${branch}\r\nFrom: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>\r\nCall-ID: c1\r\nCSeq: ${number} ${method}\r\nContent-Length: 0\r\n\r\n`,
	);
const response = (status: number, method: string, branch: string, tag = "2", number = 1): Buffer =>
	Buffer.from(
		`SIP/2.0 ${status} X\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=${branch}\r\nFrom: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>;tag=${tag}\r\nCall-ID: c1\r\nCSeq: ${number} ${method}\r\nContent-Length: 0\r\n\r\n`,
	);

/** The times at which something goes out again, with what. */
function run(transactions: Retransmissions, until: number): [number, string][] {
	const out: [number, string][] = [];
	for (let { next } = transactions; next !== undefined && next <= until; { next } = transactions) {
		for (const octets of transactions.due(next)) out.push([next, octets.toString("latin1").split("\r\n")[0]!]);
	}
	return out;
}
const times = (transactions: Retransmissions, until = 100_000): number[] => run(transactions, until).map(([at]) => at);

describe("requests over UDP, RFC 3261 §17.1", () => {
	it("INVITE goes out again at doubling distances, T1 first, until timer B", () => {
		const transactions = new Retransmissions();
		transactions.sent(request("INVITE", "z9hG4bKa"), 0);
		expect(times(transactions)).toEqual([500, 1500, 3500, 7500, 15_500, 31_500]);
		expect(transactions.repeats).toBe(6);
		expect(transactions.next).toBeUndefined();
	});

	it("others at doubling distances up to T2, until timer F", () => {
		const transactions = new Retransmissions();
		transactions.sent(request("MESSAGE", "z9hG4bKa"), 0);
		expect(times(transactions)).toEqual([500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
	});

	it("a provisional response stops INVITE, and slows others down to T2", () => {
		const invite = new Retransmissions();
		invite.sent(request("INVITE", "z9hG4bKa"), 0);
		expect(invite.received(response(180, "INVITE", "z9hG4bKa"), 100)).toEqual({ news: true, send: [] });
		expect(times(invite)).toEqual([]);
		const other = new Retransmissions();
		other.sent(request("SUBSCRIBE", "z9hG4bKa"), 0);
		other.received(response(100, "SUBSCRIBE", "z9hG4bKa"), 100);
		expect(times(other, 9000)).toEqual([4100, 8100]);
	});

	it("a final response ends it, also one that is no answer to another request", () => {
		const transactions = new Retransmissions();
		transactions.sent(request("BYE", "z9hG4bKa", 2), 0);
		transactions.received(response(200, "BYE", "z9hG4bKother", "2", 2), 10);
		expect(transactions.next).toBe(500);
		transactions.received(response(200, "BYE", "z9hG4bKa", "2", 2), 20);
		expect(transactions.next).toBeUndefined();
	});

	it("a repeated final response to INVITE is answered with the ACK again, and told once", () => {
		const transactions = new Retransmissions();
		transactions.sent(request("INVITE", "z9hG4bKa"), 0);
		expect(transactions.received(response(200, "INVITE", "z9hG4bKa"), 10)).toEqual({ news: true, send: [] });
		const ack = request("ACK", "z9hG4bKack");
		transactions.sent(ack, 20);
		expect(transactions.received(response(200, "INVITE", "z9hG4bKa"), 510)).toEqual({ news: false, send: [ack] });
		// Another branch of a forked call is news.
		expect(transactions.received(response(200, "INVITE", "z9hG4bKa", "3"), 520)).toEqual({ news: true, send: [] });
		expect(times(transactions)).toEqual([]);
	});

	it("a second 183 that says something else is told", () => {
		const transactions = new Retransmissions();
		transactions.sent(request("INVITE", "z9hG4bKa"), 0);
		const ringing = response(180, "INVITE", "z9hG4bKa");
		expect(transactions.received(ringing, 10).news).toBe(true);
		expect(transactions.received(ringing, 20).news).toBe(false);
		expect(transactions.received(Buffer.from(ringing.toString().replace("X\r\n", "Queued\r\n")), 30).news).toBe(true);
	});
});

describe("responses over UDP, RFC 3261 §17.2", () => {
	it("a repeated request is answered again with the latest response, and told once", () => {
		const transactions = new Retransmissions();
		const message = request("MESSAGE", "z9hG4bKa");
		expect(transactions.received(message, 0)).toEqual({ news: true, send: [] });
		expect(transactions.received(message, 10)).toEqual({ news: false, send: [] });
		const ok = response(200, "MESSAGE", "z9hG4bKa");
		transactions.sent(ok, 20);
		expect(transactions.received(message, 500)).toEqual({ news: false, send: [ok] });
		expect(times(transactions)).toEqual([]);
	});

	it.each([200, 486])("%i to INVITE goes out again until its ACK comes", (status) => {
		const transactions = new Retransmissions();
		transactions.received(request("INVITE", "z9hG4bKa"), 0);
		transactions.sent(response(status, "INVITE", "z9hG4bKa"), 0);
		expect(run(transactions, 4000)).toEqual([500, 1500, 3500].map((at) => [at, `SIP/2.0 ${status} X`]));
		const ack = request("ACK", status === 200 ? "z9hG4bKother" : "z9hG4bKa");
		expect(transactions.received(ack, 4100)).toEqual({ news: true, send: [] });
		expect(transactions.received(ack, 4200)).toEqual({ news: false, send: [] });
		expect(transactions.next).toBeUndefined();
	});

	it("without an ACK until timer H, with T2 between at most", () => {
		const transactions = new Retransmissions();
		transactions.sent(response(200, "INVITE", "z9hG4bKa"), 0);
		expect(times(transactions)).toEqual([500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
	});

	it("keep-alives are no news, anything else that is no SIP is", () => {
		const transactions = new Retransmissions();
		expect(transactions.received(Buffer.from("\r\n\r\n"), 0)).toEqual({ news: false, send: [] });
		expect(transactions.received(Buffer.alloc(4), 0)).toEqual({ news: false, send: [] });
		expect(transactions.received(Buffer.from("hello"), 0)).toEqual({ news: true, send: [] });
	});

	it("what is over is forgotten: after 64 T1 a message is news again", () => {
		const transactions = new Retransmissions();
		const message = request("MESSAGE", "z9hG4bKa");
		transactions.received(message, 0);
		expect(transactions.received(message, 31_999).news).toBe(false);
		expect(transactions.received(message, 32_000).news).toBe(true);
	});
});
