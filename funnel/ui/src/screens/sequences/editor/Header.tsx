/** What stands above the steps: name, state, what is shown, and what can be done with the whole. */
import { Ellipsis, Pause, Play, Redo2, Settings2, Undo2, UserRoundSearch } from "lucide-react";
import { useEffect, useRef } from "react";
import { Badge } from "../../../components/Badge.tsx";
import { Button, IconButton } from "../../../components/Button.tsx";
import { Select } from "../../../components/Field.tsx";
import { Menu, MenuItem } from "../../../components/Menu.tsx";
import { useWords } from "../../../lib/language.ts";
import { useMay } from "../../../lib/may.ts";
import type { Told } from "../../../lib/sequence/saving.ts";
import { StatusBadge } from "../StatusBadge.tsx";
import { SaveState } from "./SaveState.tsx";
import type { Sequence } from "./types.ts";

export interface Does {
  undo: (() => void) | null;
  redo: (() => void) | null;
  settings: () => void;
  simulate: () => void;
  publish: (() => void) | null;
  pause: () => void;
  resume: () => void;
  /** duplicate, json, keys */
  more: (what: string) => void;
}

export function Header({
  name,
  sequence,
  told,
  numbers,
  shown,
  onShow,
  does,
}: {
  name: string;
  sequence: Sequence;
  told: Told | null;
  numbers: readonly number[];
  shown: number | null;
  onShow: (version: number | null) => void;
  does: Does;
}) {
  const t = useWords();
  const writes = useMay()("sequences:write");
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    document.title = t("page.title", { title: name });
  });
  const { live_number: live, status } = sequence;
  const versions = [
    ...(writes ? [{ value: "", label: t("seq.viewDraft") }] : []),
    ...numbers.map((n) => ({ value: String(n), label: t(n === live ? "seq.viewLive" : "seq.viewVersion", { n }) })),
  ];
  return (
    <header className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-card px-4 py-3 md:px-6">
      <h1 ref={heading} tabIndex={-1} className="min-w-0 text-lg font-semibold break-words">
        {name}
      </h1>
      <StatusBadge status={status} />
      {live !== null && told && sequence.unpublished && <Badge tone="warn">{t("seq.unpublished", { n: live })}</Badge>}
      {told && <SaveState told={told} />}
      <div className="flex flex-wrap items-center gap-1 min-[900px]:ml-auto">
        <Select
          label={t("seq.view")}
          hidden
          value={shown === null ? "" : String(shown)}
          choices={versions}
          onChange={(value) => onShow(value === "" ? null : Number(value))}
        />
        {told && (
          <>
            <IconButton label={t("seq.undo")} isDisabled={!does.undo} onPress={() => does.undo?.()}>
              <Undo2 size={16} aria-hidden />
            </IconButton>
            <IconButton label={t("seq.redo")} isDisabled={!does.redo} onPress={() => does.redo?.()}>
              <Redo2 size={16} aria-hidden />
            </IconButton>
          </>
        )}
        <IconButton label={t("seq.settings")} onPress={does.settings}>
          <Settings2 size={16} aria-hidden />
        </IconButton>
        <Button tone="ghost" onPress={does.simulate}>
          <UserRoundSearch size={16} aria-hidden />
          {t("seq.simulate")}
        </Button>
        {writes && status === "live" && (
          <Button tone="ghost" onPress={does.pause}>
            <Pause size={16} aria-hidden />
            {t("seq.pause")}
          </Button>
        )}
        {writes && status === "paused" && (
          <Button onPress={does.resume}>
            <Play size={16} aria-hidden />
            {t("seq.resume")}
          </Button>
        )}
        {does.publish && (
          <Button tone="primary" onPress={does.publish}>
            {t("seq.publish")}
          </Button>
        )}
        <Menu
          label={t("seq.more")}
          onAction={does.more}
          button={
            <IconButton label={t("seq.more")}>
              <Ellipsis size={18} aria-hidden />
            </IconButton>
          }
        >
          {writes && <MenuItem id="duplicate">{t("seqs.duplicate")}</MenuItem>}
          {told && <MenuItem id="json">{t("seq.asJson")}</MenuItem>}
          <MenuItem id="keys">{t("seq.keys")}</MenuItem>
        </Menu>
      </div>
    </header>
  );
}
