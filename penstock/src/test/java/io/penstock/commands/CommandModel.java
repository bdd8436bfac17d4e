package io.penstock.commands;

import io.penstock.engine.CaseStatus;
import io.penstock.engine.Rejection;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an engine shall answer and keep, in plain collections: cases by key over all versions, their
 * messages in a mailbox of so many bytes, the window of taken keys, claims, and which ended cases
 * are kept. Written from the documentation, not from the engine.
 */
final class CommandModel {
  static final int ENDED_KEPT = 2;
  static final int MESSAGE_KEYS_KEPT = 3;
  private static final int MAILBOX_LENGTH_MAX = 48 * 1024;
  private static final int ENTRY_HEADER_LENGTH = 16;
  private static final int VALUE_HEADER_LENGTH = 8;

  final Map<String, Case> cases = new LinkedHashMap<>();
  final Set<Integer> deployed = new HashSet<>();
  private final Deque<Case> ended = new ArrayDeque<>();

  /** Where a case stands. */
  enum Stage {
    OPEN,
    COLLECTING,
    SIGN,
    ENDED
  }

  /** A message, or the key that is left of it. */
  record Message(String key, int textLength, boolean last, boolean taken) {
    int length() {
      final int keyLength = key == null ? 0 : padded(key.length());
      final int values =
          taken ? 0 : VALUE_HEADER_LENGTH + padded(textLength) + 2 * VALUE_HEADER_LENGTH;
      return ENTRY_HEADER_LENGTH + keyLength + values;
    }

    private static int padded(final int length) {
      return (length + 7) / 8 * 8;
    }
  }

  /** A case. */
  static final class Case {
    final int version;
    long id;
    Stage stage = Stage.OPEN;
    CaseStatus status = CaseStatus.RUNNING;
    boolean isKept = true;
    long count;
    String claimedBy;
    final List<Message> mailbox = new ArrayList<>();

    Case(final int version) {
      this.version = version;
    }

    /** The manual task that waits for somebody, or null. */
    String openTask() {
      return switch (stage) {
        case OPEN -> "open";
        case SIGN -> "sign";
        case COLLECTING, ENDED -> null;
      };
    }

    private int mailboxLength() {
      return mailbox.stream().mapToInt(Message::length).sum();
    }

    private int takenLength() {
      return mailbox.stream().filter(Message::taken).mapToInt(Message::length).sum();
    }

    /** Leaves the last keys, and of those as many as have room beside so many bytes. */
    private void makeRoom(final int more) {
      for (int i = 0; i < mailbox.size(); ) {
        final boolean drops =
            mailbox.get(i).taken
                && (mailbox.stream().filter(Message::taken).count() > MESSAGE_KEYS_KEPT
                    || mailboxLength() + more > MAILBOX_LENGTH_MAX);
        if (drops) {
          mailbox.remove(i);
        } else {
          i++;
        }
      }
    }

    private void takeMessages() {
      for (int i = 0; i < mailbox.size() && stage == Stage.COLLECTING; i++) {
        final Message message = mailbox.get(i);
        if (!message.taken) {
          count++;
          mailbox.remove(i);
          if (message.key != null) {
            mailbox.add(i, new Message(message.key, 0, false, true));
          }
          makeRoom(0);
          i = -1; // from the beginning: keys may have gone
          if (message.last) {
            stage = Stage.SIGN;
            claimedBy = null;
          }
        }
      }
    }
  }

  /** The refusal of a start, or null: then the case is there. */
  Rejection start(final int version, final String key) {
    if (!deployed.contains(version)) {
      return Rejection.WORKFLOW_NOT_DEPLOYED;
    }
    cases.computeIfAbsent(key, none -> new Case(version));
    return null;
  }

  /** What every command on a case is refused for, or null. */
  private Rejection refusal(final Case target) {
    if (!target.isKept) {
      return Rejection.UNKNOWN_CASE;
    }
    if (!deployed.contains(target.version)) {
      return Rejection.WORKFLOW_NOT_DEPLOYED;
    }
    return target.stage == Stage.ENDED ? Rejection.CASE_ENDED : null;
  }

  Rejection send(
      final Case target,
      final String name,
      final String key,
      final int textLength,
      final boolean last) {
    final Rejection refused = refusal(target);
    if (refused != null) {
      return refused;
    }
    if (!name.equals("line")) {
      return Rejection.UNKNOWN_MESSAGE;
    }
    if (key != null && target.mailbox.stream().anyMatch(each -> key.equals(each.key))) {
      return null;
    }
    final Message message = new Message(key, textLength, last, false);
    if (target.mailboxLength() - target.takenLength() + message.length() > MAILBOX_LENGTH_MAX) {
      return Rejection.RECORD_TOO_LARGE;
    }
    target.makeRoom(message.length());
    target.mailbox.add(message);
    target.takeMessages();
    return null;
  }

  Rejection claim(final Case target, final String task, final String who) {
    final Rejection refused = ofWorkItem(target, task, who);
    if (refused == null) {
      target.claimedBy = who;
    }
    return refused;
  }

  Rejection release(final Case target, final String task, final String who) {
    final Rejection refused = ofWorkItem(target, task, who);
    if (refused == null) {
      target.claimedBy = null;
    }
    return refused;
  }

  Rejection complete(final Case target, final String task, final String who) {
    final Rejection refused = ofWorkItem(target, task, who);
    if (refused == null) {
      target.claimedBy = null;
      if (target.stage == Stage.OPEN) {
        target.stage = Stage.COLLECTING;
        target.takeMessages();
      } else {
        end(target, CaseStatus.COMPLETED);
      }
    }
    return refused;
  }

  private Rejection ofWorkItem(final Case target, final String task, final String who) {
    final Rejection refused = refusal(target);
    if (refused != null) {
      return refused;
    }
    if (!task.equals("open") && !task.equals("sign")) {
      return Rejection.UNKNOWN_TASK;
    }
    if (!task.equals(target.openTask())) {
      return Rejection.WORK_ITEM_NOT_OPEN;
    }
    return target.claimedBy == null || target.claimedBy.equals(who)
        ? null
        : Rejection.WORK_ITEM_CLAIMED;
  }

  Rejection cancel(final Case target) {
    final Rejection refused = refusal(target);
    if (refused == null) {
      end(target, CaseStatus.CANCELLED);
    }
    return refused;
  }

  private void end(final Case target, final CaseStatus status) {
    target.stage = Stage.ENDED;
    target.status = status;
    ended.add(target);
    if (ended.size() > ENDED_KEPT) {
      ended.remove().isKept = false;
    }
  }
}
