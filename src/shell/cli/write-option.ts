import { realpathSync } from "node:fs";
import { type Command, Option } from "commander";
import { grouped } from "../../core/export/stats-text.js";
import type { Entry } from "../../core/model/entry.js";
import type { RecordFormat } from "../../core/record/live-capture.js";
import { type Recording, RecordingError } from "../proxy/recording.js";
import type { Io } from "./io.js";

export const WRITE_FORMATS: readonly RecordFormat[] = ["pcapng", "exported-pdu"];

export interface WriteFlags {
	write?: string;
	writeFormat?: RecordFormat;
}

export function addWriteOptions(command: Command): void {
	command
		.option("--write <file>", "write the chosen messages to a new capture: pcapng, decrypted, with class and findings as comments")
		.addOption(
			new Option("--write-format <format>", "packets made up around the messages, or the messages alone for Wireshark (link type 252)")
				.choices(WRITE_FORMATS)
				.default("pcapng"),
		);
}

/** Writes the messages that a command chose. */
export class MessageWriter {
	readonly #recording: Recording;
	readonly #name: string;
	#messages = 0;
	/** what went wrong; nothing more is written then */
	error: RecordingError | undefined;

	/** @throws RecordingError when the file cannot be written, or is the one that is read */
	static async open({ write, writeFormat }: WriteFlags, input: string, io: Io): Promise<MessageWriter | undefined> {
		if (write === undefined) return undefined;
		if (input !== "-" && sameFile(input, write)) {
			throw new RecordingError("EINVAL", `${write}: this is the capture that is read; give another name to --write`);
		}
		const failed: { error?: RecordingError; writer?: MessageWriter } = {};
		const recording = await io.record({
			file: write,
			format: writeFormat ?? "pcapng",
			application: "mitmsrp analyze --write",
			onError: (error) => {
				if (failed.writer !== undefined) failed.writer.error = error;
			},
		});
		failed.writer = new MessageWriter(recording, write);
		return failed.writer;
	}

	private constructor(recording: Recording, name: string) {
		this.#recording = recording;
		this.#name = name;
	}

	entry(entry: Entry): void {
		if (entry.protocol !== "sip" && entry.protocol !== "msrp") return;
		this.#messages++;
		this.#recording.message(entry);
	}

	drained(): Promise<void> | undefined {
		return this.#recording.drained();
	}

	/** Writes the rest; gives a sentence about what was written. */
	async close(): Promise<string> {
		await this.#recording.close();
		return `mitmsrp: ${grouped(this.#messages)} ${this.#messages === 1 ? "message" : "messages"} written to ${this.#name}\n`;
	}
}

/** Both names stand for one existing file. */
export function sameFile(a: string, b: string): boolean {
	try {
		return realpathSync(a) === realpathSync(b);
	} catch {
		return false;
	}
}
