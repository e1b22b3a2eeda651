import { describe, expect, it } from "vitest";
import type { Relay, RelaySink } from "../../src/core/relay/types.js";
import type { Channel, ChannelHandler } from "../../src/shell/net/channel.js";
import { Connection } from "../../src/shell/proxy/connection.js";

/** A channel that notes what is done to it. */
class Noting implements Channel {
	readonly messages = false;
	readonly local = { address: "127.0.0.1", port: 1 };
	readonly remote = { address: "127.0.0.1", port: 2 };
	readonly pending = 0;
	readonly done: string[] = [];
	handler: ChannelHandler | undefined;

	start(handler: ChannelHandler): void {
		this.handler = handler;
	}

	write(octets: Buffer): boolean {
		this.done.push(octets.toString());
		return true;
	}

	gather(): void {
		this.done.push("[");
	}

	flush(): void {
		this.done.push("]");
	}

	pause(): void {}
	resume(): void {}
	end(): void {}
	reset(): void {
		this.done.push("reset");
	}
}

/** A relay that gives on what it is fed in pieces of two octets. */
function cutting(sink: RelaySink, shaping: boolean): Relay {
	return {
		held: 0,
		wakeAt: undefined,
		active: () => true,
		shaping: () => shaping,
		passed: () => {},
		feed(dir, buf, start, end) {
			for (let at = start; at < end; at += 2) sink.send(dir, Buffer.from(buf.subarray(at, Math.min(end, at + 2))));
			if (buf.includes("!")) throw new Error("broken");
		},
		close: () => {},
		advance: () => {},
	};
}

function through(shaping: boolean): { client: Noting; server: Noting } {
	const [client, server] = [new Noting(), new Noting()];
	const relay = (sink: RelaySink): Relay => cutting(sink, shaping);
	new Connection({ client, server, relay, onFault: () => server.reset(), onClosed: () => {} }).start();
	return { client, server };
}

describe("what one read becomes goes out in one write", () => {
	it("in both directions", () => {
		const { client, server } = through(false);
		client.handler!.data(Buffer.from("abcde"));
		server.handler!.data(Buffer.from("xyz"));
		expect(server.done).toEqual(["[", "ab", "cd", "e", "]"]);
		expect(client.done).toEqual(["[", "xy", "z", "]"]);
	});

	it("but the pieces that toxics make go out one by one", () => {
		const { client, server } = through(true);
		client.handler!.data(Buffer.from("abcde"));
		expect(server.done).toEqual(["ab", "cd", "e"]);
	});

	it("and nothing stays behind when the relay fails meanwhile", () => {
		const { client, server } = through(false);
		client.handler!.data(Buffer.from("ab!"));
		expect(server.done.at(-1)).toBe("]");
		client.handler!.data(Buffer.from("later"));
		expect(server.done.filter((one) => one === "[")).toHaveLength(server.done.filter((one) => one === "]").length);
	});
});
