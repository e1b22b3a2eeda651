import { createCaptureParser } from "../../src/core/capture/open.js";
import { LinkLayer } from "../../src/core/link/index.js";
import { LiveCapture, type LiveCaptureOptions } from "../../src/core/record/live-capture.js";
import { DEFAULT_LIMITS, type Direction, type Entry, type Flow, jsonEntry, type Packet, Pipeline } from "../../src/index.js";

/** A capture whose blocks are kept. */
export function memoryCapture(options: Partial<LiveCaptureOptions> = {}): { capture: LiveCapture; file(): Buffer; blocks: Buffer[] } {
	const blocks: Buffer[] = [];
	const capture = new LiveCapture({ ...options, write: (block) => blocks.push(block) });
	return { capture, blocks, file: () => Buffer.concat(blocks) };
}

export interface Read {
	packets: (Omit<Packet, "buf"> & { data: Buffer })[];
	info: import("../../src/index.js").CaptureInfo;
}

/** All packets of a file in memory. */
export function readFile(file: Buffer): Read {
	const parser = createCaptureParser(file);
	if ("error" in parser) throw new Error(parser.error);
	const packets: Read["packets"] = [];
	const drain = (): void => {
		for (let packet = parser.next(); packet !== null; packet = parser.next()) {
			const { buf, ...rest } = packet;
			packets.push({ ...rest, data: Buffer.from(buf.subarray(packet.start, packet.end)) });
		}
	};
	parser.push(file, 0, file.length);
	drain();
	parser.end();
	drain();
	return { packets, info: parser.info };
}

/** What a pipeline makes of a file, an object an entry; numbers of packets and of flows are left out. */
export function analyze(file: Buffer): Record<string, unknown>[] {
	const { packets, info } = readFile(file);
	const shapes: Record<string, unknown>[] = [];
	const pipeline = new Pipeline({
		interfaces: info.interfaces,
		classify: {},
		onEntry: (entry) => shapes.push(shape(entry)),
	});
	for (const { data, ...packet } of packets) pipeline.packet({ ...packet, buf: data, start: 0, end: data.length });
	pipeline.finish();
	return shapes;
}

/** The JSON of an entry and its leg, without what a recording cannot know: packets, and tunnels that were around them. */
export function shape(entry: Entry): Record<string, unknown> {
	const line = JSON.parse(jsonEntry(entry)) as Record<string, unknown>;
	delete line["frame.number"];
	delete line["tunnels"];
	return { ...line, leg: entry.flow.leg, hop: entry.flow.hop };
}

/** Octets of each flow and direction as TCP reassembly gives them, with how it ended. */
export function flows(file: Buffer): { flow: Flow; octets: [Buffer, Buffer]; ends: string[]; problems: string[] }[] {
	const { packets } = readFile(file);
	const found: ReturnType<typeof flows> = [];
	const link = new LinkLayer({
		limits: DEFAULT_LIMITS,
		openFlow: (flow) => {
			const one: ReturnType<typeof flows>[number] = { flow, octets: [Buffer.alloc(0), Buffer.alloc(0)], ends: [], problems: [] };
			found.push(one);
			return {
				data: (dir: Direction, buf, start, end) => {
					one.octets[dir] = Buffer.concat([one.octets[dir], buf.subarray(start, end)]);
				},
				gap: (dir, length) => one.problems.push(`gap ${dir} ${length}`),
				close: (dir, how) => one.ends.push(`${how} ${dir}`),
				problem: (_dir, id) => one.problems.push(id),
				interested: () => true,
			};
		},
	});
	for (const { data, ...packet } of packets) link.packet({ ...packet, buf: data, start: 0, end: data.length });
	link.finish();
	return found;
}

export function flow(more: Partial<Flow> = {}): Flow {
	return {
		id: 1,
		transport: "tcp",
		a: { address: "192.0.2.1", port: 40_000 },
		b: { address: "198.51.100.2", port: 2855 },
		openerKnown: true,
		midStream: false,
		tunnels: [],
		began: { sec: 1_700_000_000, nsec: 1, packet: 0 },
		...more,
	};
}
