import { type Command, Option } from "commander";
import { grouped } from "../../core/export/stats-text.js";
import type { Recording, RecordingOptions } from "../proxy/recording.js";
import type { Io } from "./io.js";
import { parseCount } from "./values.js";
import { WRITE_FORMATS, type WriteFlags } from "./write-option.js";

/** How `proxy` records. */
export interface RecordingFlags extends WriteFlags {
	writeSecrets?: true;
	rotateMb?: number;
	rotateSeconds?: number;
	rotateKeep?: number;
}

export function addRecordingOptions(command: Command): Command {
	return command
		.option("--write <file>", "record both legs to a new capture: pcapng, decrypted, with class and findings as comments")
		.addOption(
			new Option("--write-format <format>", "packets made up around the octets, or the messages alone for Wireshark (link type 252)")
				.choices(WRITE_FORMATS)
				.default("pcapng"),
		)
		.option("--write-secrets", "put TLS secrets into the recording")
		.option("--rotate-mb <n>", "begin a new file after so many megabytes", parseCount)
		.option("--rotate-seconds <n>", "begin a new file after so many seconds", parseCount)
		.option("--rotate-keep <n>", "keep only the last so many files", parseCount);
}

/** Why these options cannot be: one without the other that it is about would do nothing. */
export function recordingRefused({ write, writeSecrets, rotateMb, rotateSeconds, rotateKeep }: RecordingFlags): string | undefined {
	const given = {
		"--write-secrets": writeSecrets,
		"--rotate-mb": rotateMb,
		"--rotate-seconds": rotateSeconds,
		"--rotate-keep": rotateKeep,
	};
	const [idle] = Object.entries(given).filter(([, value]) => value !== undefined);
	if (write === undefined && idle !== undefined) return `${idle[0]} is about a recording; give its file with --write`;
	if (rotateKeep !== undefined && rotateMb === undefined && rotateSeconds === undefined) {
		return "--rotate-keep says how many files stay; say with --rotate-mb or --rotate-seconds when a new one begins";
	}
	return undefined;
}

/** Opens the recording that the options ask for. Rejects with RecordingError. */
export async function openRecording(flags: RecordingFlags, version: string, io: Io): Promise<Recording | undefined> {
	if (flags.write === undefined) return undefined;
	const rotate: NonNullable<RecordingOptions["rotate"]> = {};
	if (flags.rotateMb !== undefined) rotate.octets = flags.rotateMb * 1e6;
	if (flags.rotateSeconds !== undefined) rotate.seconds = flags.rotateSeconds;
	if (flags.rotateKeep !== undefined) rotate.keep = flags.rotateKeep;
	return io.record({
		file: flags.write,
		format: flags.writeFormat ?? "pcapng",
		application: version,
		secrets: flags.writeSecrets === true,
		...(Object.keys(rotate).length === 0 ? {} : { rotate }),
		onError: (error) => io.stderr.write(`mitmsrp: ${error.message}; traffic goes on, nothing more is recorded\n`),
	});
}

/** Writes the rest; says what was written. */
export async function closeRecording(recording: Recording): Promise<string> {
	const { files, packets, lost } = await recording.close();
	const missing = lost === 0 ? "" : `; ${grouped(lost)} packets lost because the disk was behind`;
	return `mitmsrp: ${grouped(packets)} packets written to ${files.join(", ")}${missing}\n`;
}
