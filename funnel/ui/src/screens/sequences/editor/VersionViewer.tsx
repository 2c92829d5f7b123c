/** A published version, as it was published: to look at, with its own numbers. */
import { useMemo, useState } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { Button } from "../../../components/Button.tsx";
import { Loaded } from "../../../components/States.tsx";
import { useWords } from "../../../lib/language.ts";
import { useMay } from "../../../lib/may.ts";
import { readDocument } from "../../../lib/sequence/document.ts";
import { titleOf } from "../../../lib/sequence/titles.ts";
import { find } from "../../../lib/sequence/tree.ts";
import { sequenceKey, useCounts, useVersion, useVersions } from "../queries.ts";
import { SequenceSettings } from "../settings/SequenceSettings.tsx";
import { StepSettings } from "../settings/StepSettings.tsx";
import { Canvas, Zoom } from "./Canvas.tsx";
import { Header } from "./Header.tsx";
import { Inside } from "./Inside.tsx";
import { Side } from "./Side.tsx";
import { Simulation } from "./Simulation.tsx";
import { SteeringDialogs } from "./SteeringDialogs.tsx";
import type { Problem, Sequence, View } from "./types.ts";
import { useFlow } from "./useFlow.ts";
import { useSteering } from "./useSteering.ts";
import { useWalked } from "./useWalked.ts";

const NOTHING: ReadonlyMap<string, Problem[]> = new Map();
const keepOut = () => undefined;

export function VersionViewer({
  sequence,
  number,
  onShow,
}: {
  sequence: Sequence;
  number: number;
  onShow: (version: number | null) => void;
}) {
  const t = useWords();
  const { key } = sequence;
  const client = useQueryClient();
  const writes = useMay()("sequences:write");
  const version = useVersion(key, number);
  const versions = useVersions(key);
  const counts = useCounts(key, number);
  const document = useMemo(() => readDocument(version.data?.document), [version.data]);
  const steps = document?.steps ?? [];
  const flow = useFlow(steps, keepOut, true);
  const steering = useSteering(key, () => client.invalidateQueries({ queryKey: [...sequenceKey(key), "draft"] }));
  const [zoom, setZoom] = useState(1);
  const { walked, show: showWalked } = useWalked();
  const numbers = useMemo(() => new Map(counts.data?.steps.map((one) => [one.step ?? "", one])), [counts.data]);
  const selected = flow.beside?.what === "step" ? flow.beside.id : null;
  const simulating = flow.beside?.what === "simulation";
  const view = useMemo<View>(
    () => ({
      selection: flow.selection,
      problems: NOTHING,
      counts: numbers,
      walked: simulating ? walked : null,
      moving: null,
      locked: true,
      actions: flow.actions,
    }),
    [flow.selection, numbers, simulating, walked, flow.actions],
  );
  const name = document && typeof document.name === "string" && document.name ? document.name : key;
  const step = selected === null ? undefined : find(steps, selected);
  return (
    <>
      <Header
        name={name}
        sequence={sequence}
        told={null}
        numbers={versions.data?.items.map((one) => one.number) ?? []}
        shown={number}
        onShow={onShow}
        does={{
          undo: null,
          redo: null,
          settings: () => flow.setBeside({ what: "sequence" }),
          simulate: () => flow.setBeside({ what: "simulation" }),
          publish: null,
          pause: () => steering.ask("pause"),
          resume: steering.resume,
          more: (what) => steering.ask(what as "keys"),
        }}
      />
      <div className="flex">
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-center gap-2 px-4 pt-3 md:px-6">
            <p className="text-mute">{t("seq.readOnly", { n: number })}</p>
            {writes && <Button onPress={() => onShow(null)}>{t("seq.toDraft")}</Button>}
            {counts.data?.approximate && <p className="text-xs text-mute">{t("seq.count.about")}</p>}
          </div>
          <Loaded query={version}>
            {() =>
              document && (
                <Canvas
                  document={document}
                  view={view}
                  before={numbers.get("")?.here ?? 0}
                  zoom={zoom}
                  onHead={() => flow.setBeside({ what: "sequence" })}
                  onKeyDown={flow.onKeyDown}
                />
              )
            }
          </Loaded>
          <Zoom zoom={zoom} onZoom={setZoom} />
        </div>
        {flow.beside?.what === "sequence" && document && (
          <Side name="sequence" title={t("seq.settings")} onClose={flow.close}>
            <fieldset disabled>
              <SequenceSettings document={document} problems={[]} edit={keepOut} />
            </fieldset>
          </Side>
        )}
        {simulating && (
          <Side name="simulation" title={t("seq.sim.title")} onClose={flow.close}>
            <Simulation
              sequence={key}
              version={number}
              revision={0}
              steps={steps}
              onWalked={showWalked}
              onGo={(to) => flow.focus(to)}
            />
          </Side>
        )}
        {step && (
          <Side name={step.id} title={t("seq.stepSettings", { title: titleOf(step, t) })} onClose={flow.close}>
            <fieldset disabled>
              <StepSettings key={step.id} step={step} path="" problems={[]} edit={keepOut} />
            </fieldset>
            <Inside sequence={key} step={step.id} version={number} />
          </Side>
        )}
      </div>
      <SteeringDialogs sequence={key} name={name} steering={steering} />
    </>
  );
}
