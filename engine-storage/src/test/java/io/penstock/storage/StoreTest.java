package io.penstock.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.spi.Durability;
import io.penstock.spi.Store;
import io.penstock.storage.StorageOptions.View;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store keeps, whatever its view. */
final class StoreTest {
  @TempDir Path directory;

  private final StorageOptions options = StorageOptions.defaults().withView(View.SLAB);

  @Test
  void shouldHaveEveryRecordWhenOpenedAgain() {
    try (Store store = open()) {
      Records.append(store.shard(0), batch -> batch.image(1, "one").image(2, "two"));
      Records.append(store.shard(0), batch -> batch.image(1, "uno").removal(2).image(3, "tre"));
    }

    try (Store store = open()) {
      assertThat(Records.all(store.shard(0))).isEqualTo(Map.of(1L, "uno", 3L, "tre"));
      assertThat(store.shard(0)).satisfies(shard -> assertThat(Records.read(shard, 2)).isNull());
    }
  }

  @Test
  void shouldNameTheHolderWhenOpenedTwice() {
    try (Store store = open()) {
      assertThat(store.shardCount()).isEqualTo(2);
      assertThatThrownBy(this::open)
          .isInstanceOf(DirectoryInUseException.class)
          .hasMessageContaining("pid=" + ProcessHandle.current().pid())
          .hasMessageContaining("sameJvm=true");
    }
    open().close();
  }

  private Store open() {
    return new StorageProvider(options).open(directory, Durability.PROCESS_CRASH, 2);
  }
}
