/** What the header asks for, whichever version is looked at: the keys, a copy, a pause. */
import { Confirm } from "../../../components/Dialog.tsx";
import { useWords } from "../../../lib/language.ts";
import { Duplicate, Keys } from "./Dialogs.tsx";
import type { useSteering } from "./useSteering.ts";

interface Props {
  sequence: string;
  name: string;
  steering: ReturnType<typeof useSteering>;
}

export function SteeringDialogs({ sequence, name, steering }: Props) {
  const t = useWords();
  const close = () => steering.ask(null);
  return (
    <>
      {steering.asked === "keys" && <Keys onClose={close} />}
      {steering.asked === "duplicate" && (
        <Duplicate sequence={sequence} name={name} onClose={close} onDone={steering.go} />
      )}
      <Confirm
        open={steering.asked === "pause"}
        onClose={close}
        title={t("seq.pauseAsk")}
        action={t("seq.pause")}
        tone="primary"
        onYes={steering.pause}
      >
        {t("seq.pauseText")}
      </Confirm>
    </>
  );
}
