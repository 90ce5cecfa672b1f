import * as vscode from "vscode";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { Settings } from "../settings.ts";
import { BatteryPause } from "./batteryPause.ts";
import { MachineLoad, machineLoadPerCore } from "./machineLoad.ts";
import { otherProviders, otherProvidersNotice } from "./otherProviders.ts";
import { machinePower, powerHoldsMs, readPowerSource } from "./readPowerSource.ts";

export interface MannersOptions {
	readonly settings: () => Pick<Settings, "pausesOnBattery" | "yieldsWhenBusy">;
	readonly ownId: string;
	/** The machine was unplugged, or plugged in again, and the user wants quiet on battery. */
	readonly onDidChangePause: () => void;
	/** Somebody has come to this window, or moves in it: often, so it has to cost nothing. */
	readonly onPresence: () => void;
	readonly clock: Clock;
	readonly logger: Logger;
}

/** What Mote takes into account beside the person who types: the battery, other programs, other extensions. */
export class Manners implements vscode.Disposable {
	readonly battery: BatteryPause;
	readonly load: MachineLoad;
	private readonly listeners: vscode.Disposable;

	constructor(private readonly options: MannersOptions) {
		const { settings, onDidChangePause: onDidChange, clock, logger } = options;
		this.battery = new BatteryPause({
			read: () => readPowerSource(machinePower),
			holdsMs: powerHoldsMs(machinePower.platform),
			isWanted: () => settings().pausesOnBattery,
			isInUse: () => vscode.window.state.focused,
			...{ onDidChange, clock, logger },
		});
		this.load = new MachineLoad({
			isWanted: () => settings().yieldsWhenBusy,
			perCore: machineLoadPerCore,
			clock,
		});
		const { onPresence } = options;
		this.listeners = vscode.Disposable.from(
			vscode.window.onDidChangeWindowState(({ focused }) => {
				if (focused) {
					this.battery.cameBack();
					onPresence();
				}
			}),
			vscode.window.onDidChangeActiveTextEditor(onPresence),
			vscode.window.onDidChangeTextEditorSelection(onPresence),
		);
		this.battery.settingChanged();
	}

	/** Whole sentences about what changes suggestions without ending them. */
	get notices(): readonly string[] {
		const others = otherProviders(vscode.extensions.all, this.options.ownId);
		return [this.load.notice, otherProvidersNotice(others)].filter((text) => text !== undefined);
	}

	dispose(): void {
		this.listeners.dispose();
		this.battery.dispose();
	}
}
