/** The draft: changed here, saved by itself, published from here. */
import { useEffect, useMemo, useState } from "react";
import { Button } from "../../../components/Button.tsx";
import { toast } from "../../../components/Toast.tsx";
import { useWords } from "../../../lib/language.ts";
import { readDocument, type Json, type SequenceDocument } from "../../../lib/sequence/document.ts";
import { titleOf } from "../../../lib/sequence/titles.ts";
import { useCounts, useVersions } from "../queries.ts";
import { Canvas, Zoom } from "./Canvas.tsx";
import { AsJson, DeleteBranch } from "./Dialogs.tsx";
import { Header } from "./Header.tsx";
import { Beside } from "./Beside.tsx";
import { FlowMenus } from "./Menus.tsx";
import { Problems } from "./Problems.tsx";
import { PublishDialog } from "./PublishDialog.tsx";
import { SaveTrouble } from "./SaveState.tsx";
import { SteeringDialogs } from "./SteeringDialogs.tsx";
import type { Problem, Sequence, View } from "./types.ts";
import { type Draft, useDraft } from "./useDraft.ts";
import { useFlow } from "./useFlow.ts";
import { useSteering } from "./useSteering.ts";
import { useWalked } from "./useWalked.ts";

export function DraftEditor({
  sequence: first,
  document: start,
  onShow,
}: {
  sequence: Sequence;
  document: SequenceDocument;
  onShow: (version: number | null) => void;
}) {
  const t = useWords();
  const draft = useDraft(first, start);
  const { document, saved, told } = draft;
  const flow = useFlow(document.steps, draft.edit, false);
  const steering = useSteering(first.key, draft.reread);
  const versions = useVersions(first.key);
  const counts = useCounts(first.key, saved.live_number);
  const [zoom, setZoom] = useState(1);
  const { walked, show: showWalked } = useWalked();
  useUndoKeys(draft);

  const problems = useMemo(() => [...saved.problems, ...saved.warnings], [saved]);
  const byStep = useMemo(() => grouped(problems), [problems]);
  const numbers = useMemo(
    () => (saved.live_number === null ? null : new Map(counts.data?.steps.map((one) => [one.step ?? "", one]))),
    [counts.data, saved.live_number],
  );
  const simulating = flow.beside?.what === "simulation";
  const view = useMemo<View>(
    () => ({
      selection: flow.selection,
      problems: byStep,
      counts: numbers,
      walked: simulating ? walked : null,
      moving: flow.moving,
      locked: false,
      actions: flow.actions,
    }),
    [flow.selection, byStep, numbers, simulating, walked, flow.moving, flow.actions],
  );
  const name = typeof document.name === "string" && document.name ? document.name : first.key;

  const go = (problem: Problem) => {
    if (problem.step === null) flow.setBeside({ what: "sequence" });
    else flow.actions.select(problem.step);
  };
  const saving = (then: () => void) => async () => {
    if (await draft.flush()) then();
  };
  return (
    <>
      <Header
        name={name}
        sequence={saved}
        told={told}
        numbers={versions.data?.items.map((one) => one.number) ?? []}
        shown={null}
        onShow={(version) => void saving(() => onShow(version))()}
        does={{
          undo: draft.canUndo ? draft.undo : null,
          redo: draft.canRedo ? draft.redo : null,
          settings: () => flow.setBeside({ what: "sequence" }),
          simulate: saving(() => flow.setBeside({ what: "simulation" })),
          publish: saving(() => steering.ask("publish")),
          pause: () => steering.ask("pause"),
          resume: steering.resume,
          more: (what) => steering.ask(what as "keys"),
        }}
      />
      <div className="flex">
        <div className="min-w-0 flex-1">
          <div className="px-4 pt-3 md:px-6">
            <SaveTrouble
              told={told}
              onTheirs={() => void draft.takeTheirs()}
              onMine={() => void keep(draft, t, steering.go)}
            />
            {saved.status === "paused" && (
              <p className="mb-2 rounded-lg border border-warn bg-warn-tint px-3 py-2 text-warn">{t("seq.isPaused")}</p>
            )}
            <Problems problems={problems} steps={document.steps} onGo={go} />
            {flow.moving && (
              <p role="status" className="mb-2 flex flex-wrap items-center gap-2">
                {t("seq.moving", { title: titleOf(flow.moving, t) })}
                <Button onPress={flow.stopMoving}>{t("common.cancel")}</Button>
              </p>
            )}
            {counts.data?.approximate && <p className="mb-2 text-xs text-mute">{t("seq.count.about")}</p>}
          </div>
          <Canvas
            document={document}
            view={view}
            before={numbers?.get("")?.here ?? 0}
            zoom={zoom}
            onHead={() => flow.setBeside({ what: "sequence" })}
            onKeyDown={flow.onKeyDown}
          />
          <Zoom zoom={zoom} onZoom={setZoom} />
        </div>
        <Beside draft={draft} flow={flow} problems={problems} byStep={byStep} onWalked={showWalked} />
      </div>
      <FlowMenus flow={flow} />
      {flow.deleting && (
        <DeleteBranch
          step={flow.deleting}
          onClose={flow.stopDeleting}
          onAll={() => flow.deleting && flow.deleteAll(flow.deleting.id)}
          onKeep={(arm) => flow.deleting && flow.keepPath(flow.deleting.id, arm)}
        />
      )}
      {steering.asked === "publish" && (
        <PublishDialog
          sequence={first.key}
          live={saved.live_number}
          steps={document.steps}
          onClose={() => steering.ask(null)}
          onDone={() => {
            steering.ask(null);
            void draft.reread();
          }}
        />
      )}
      {steering.asked === "json" && (
        <AsJson
          document={document}
          onClose={() => steering.ask(null)}
          onUse={(json) => {
            take(draft, json);
            steering.ask(null);
          }}
        />
      )}
      <SteeringDialogs sequence={first.key} name={name} steering={steering} />
    </>
  );
}

/** Undo and redo from anywhere in the editor, fields included: their own undo knows nothing of the document. */
function useUndoKeys({ undo, redo }: Draft) {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      if (key !== "z" && key !== "y") return;
      event.preventDefault();
      if (key === "y" || event.shiftKey) redo();
      else undo();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [undo, redo]);
}

function take(draft: Draft, json: Json): void {
  const document = readDocument(json);
  if (document) draft.edit(() => ({ ...document, key: draft.saved.key }));
}

async function keep(draft: Draft, t: ReturnType<typeof useWords>, go: (key: string) => void): Promise<void> {
  const key = await draft.keepAsCopy((name) => t("seqs.copyOf", { name }));
  toast(t("seq.keptMine", { key }));
  go(key);
}

function grouped(problems: readonly Problem[]): Map<string, Problem[]> {
  const found = new Map<string, Problem[]>();
  for (const problem of problems)
    if (problem.step !== null) found.set(problem.step, [...(found.get(problem.step) ?? []), problem]);
  return found;
}
