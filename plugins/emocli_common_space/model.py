"""Models 3.1, 3.2 and 3.3 of Chouragade and Devi, Deep Transfer Learning for Emotion Recognition.

Section 4.3, figure 3 and algorithm 1, whose steps are cited. Step 8 prints P_S ← E_E(P); its
purpose asks for the sentiment encoder, P_S ← E_S(P).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from emocli.modelling.batches import Batch, Item
from emocli.modelling.labels import Labels
from emocli.modelling.layers import feed_forward
from emocli.modelling.model import Model, label_loss
from emocli.modelling.pretrained_tokenizer import PretrainedTokenizer
from emocli.modelling.remembering import Memory
from emocli.modelling.trained import Trained
from emocli.reporting import SILENT, Reporter
from emocli_common_space.config import CommonSpaceConfig, ReconstructionConfig, SpaceConfig
from emocli_common_space.pairs import Pair, Pairs
from emocli_common_space.siamese import SiameseNetwork
from emocli_common_space.task_network import TaskNetwork, trained_networks

if TYPE_CHECKING:
    from emocli.training.run import Run


class PredictedSpace(Model):
    """Model-3.1: the common space learns from the emotions' prediction loss alone.

    Attributes:
        emotion: E_E with the layers it was trained by; frozen after step 1.
        sentiment: E_S, likewise; frozen after step 2.
        space: the encoder of step 9.
        head: the feed-forward network of step 11.
        beginning: both networks of a trained model of the family, which are taken over instead
            of being trained; () if there is none.
    """

    config: SpaceConfig
    tokenizer: PretrainedTokenizer

    def __init__(
        self,
        config: SpaceConfig,
        labels: Labels,
        tokenizer: PretrainedTokenizer,
        source: Labels,
        bases: Sequence[Trained] = (),
    ) -> None:
        """Build both networks, the common space upon them, and the layers that predict.

        Raises:
            UsageError: the base is of another family, or knows other labels or other pieces.
        """
        super().__init__(config, labels, tokenizer, source=source)
        self.emotion = TaskNetwork(config, labels, tokenizer)
        self.sentiment = TaskNetwork(config, source, tokenizer)
        width = self.emotion.width + self.sentiment.width
        self.dropout = nn.Dropout(config.space_dropout)
        self.space = nn.Sequential(nn.Linear(width, config.space_width), nn.Tanh())
        self.head = feed_forward(
            config.space_width, config.head_width, len(labels), config.space_dropout
        )
        self._memory: Memory | None = None

        self.beginning: tuple[TaskNetwork, ...] = ()
        for base in bases:
            self.beginning = trained_networks(base, self.emotion, source)

    @classmethod
    def make_tokenizer(
        cls, config: SpaceConfig, texts: Iterable[str], bases: Sequence[Trained] = ()
    ) -> PretrainedTokenizer:
        """The encoder's own, whatever the texts; both encoders read alike."""
        return TaskNetwork.make_tokenizer(config, texts)

    def prepare(self, reporter: Reporter = SILENT) -> None:
        """Take the base's two networks; without one, the encoder's pretrained weights, twice."""
        networks = (self.emotion, self.sentiment)
        if self.beginning:
            for network, trained in zip(networks, self.beginning, strict=True):
                network.take_over(trained)
            return
        for network in networks:
            network.prepare(reporter)

    def concatenate(self, batch: Batch) -> Tensor:
        """P_C = [P_S; P_E] of step 8, (batch, 2 * encoder width)."""
        if self._memory is None:
            return self._read(batch)
        return self._memory.recall(batch, self._read)

    def _read(self, batch: Batch) -> Tensor:
        return torch.cat([self.sentiment.represent(batch), self.emotion.represent(batch)], dim=-1)

    def represent(self, batch: Batch) -> Tensor:
        """P_CSR of step 9, (batch, space_width)."""
        return self.common(self.concatenate(batch))

    def common(self, concatenated: Tensor) -> Tensor:
        """P_CSR, (batch, space_width), of P_C, (batch, 2 * encoder width)."""
        representation: Tensor = self.space(self.dropout(concatenated))
        return representation

    def classify(self, representation: Tensor) -> Tensor:
        """P_ff of step 11: logits, (batch, n_labels)."""
        logits: Tensor = self.head(self.dropout(representation))
        return logits

    def fit(self, run: Run) -> None:
        """Both encoders, then the common space upon them."""
        self.learn_encoders(run)
        with self.remembering(run):
            self.learn_space(run)

    def learn_encoders(self, run: Run) -> None:
        """Steps 1 to 3: each encoder by its own task, to be left as it is from then on."""
        if not self.beginning:
            run.minimise(
                self.emotion.loss,
                run.train,
                parameters=self.emotion.groups(),
                scored=self.emotion,
                name="emotion encoder",
            )
        self.emotion.freeze()
        if not self.beginning:
            run.minimise(
                self.sentiment.loss,
                run.items("source"),
                parameters=self.sentiment.groups(),
                keep_best=False,
                epochs=self.config.source_epochs,
                name="sentiment encoder",
            )
        self.sentiment.freeze()

    def learn_space(self, run: Run, *more: nn.Module) -> None:
        """The encoder of the common space, the layers upon it, and more, by `loss`."""
        run.minimise(
            self.loss,
            run.train,
            parameters=self.of(self.space, self.head, *more),
            epochs=self.config.space_epochs,
            name="common space",
        )

    def of(self, *layers: nn.Module) -> list[dict[str, Any]]:
        """The parameters of these layers, as an optimiser takes them."""
        own = [parameter for layer in layers for parameter in layer.parameters()]
        return [{"params": own, "lr": self.config.head_learning_rate}]

    @contextmanager
    def remembering(self, run: Run) -> Iterator[None]:
        """Inside, each text of the target data is read by the frozen encoders once."""
        self._memory = run.read_once(self._read, "target")
        try:
            yield
        finally:
            self._memory = None


class Reconstructing(PredictedSpace):
    """What Model-3.2 and Model-3.3 share: a decoder, and the Siamese network that compares.

    Attributes:
        decoder: of step 10.
        siamese: S; frozen after stage 1.
    """

    config: ReconstructionConfig

    def __init__(
        self,
        config: ReconstructionConfig,
        labels: Labels,
        tokenizer: PretrainedTokenizer,
        source: Labels,
        bases: Sequence[Trained] = (),
    ) -> None:
        """Add the decoder and the Siamese network."""
        super().__init__(config, labels, tokenizer, source, bases)
        self.decoder = nn.Linear(config.space_width, self.emotion.width)
        self.siamese = SiameseNetwork(self.emotion.width, config.siamese_width)

    def emotion_part(self, concatenated: Tensor) -> Tensor:
        """P_E of P_C, (batch, encoder width)."""
        return concatenated[:, self.sentiment.width :]

    def siamese_loss(self, pairs: Sequence[Pair]) -> Tensor:
        """Step 6: a distance of 0 for copies of one label, of 1 for others; () squared."""
        first, second = (
            self.emotion_part(self.concatenate(self.batch(items)))
            for items in ([pair.first for pair in pairs], [pair.second for pair in pairs])
        )
        different = torch.tensor([float(pair.different) for pair in pairs], device=self.device)
        return self.siamese.loss(first, second, different)

    def reconstruction_loss(self, concatenated: Tensor, common: Tensor) -> Tensor:
        """L1 of step 12: mean distance S(P_recn, P_E), () 0 or more.

        Args:
            concatenated: P_C, (batch, 2 * encoder width).
            common: P_CSR, (batch, space_width).
        """
        reconstructed = self.decoder(common)  # P_recn of step 10, (batch, encoder width)
        distance: Tensor = self.siamese(reconstructed, self.emotion_part(concatenated)).mean()
        return distance

    def pairs(self, run: Run) -> Pairs | list[Pair]:
        """Step 4: what the Siamese network learns from; nothing where it is not to learn.

        Raises:
            EmocliError: the labelled texts make no pairs.
        """
        config = self.config
        if not config.siamese_epochs:
            return []
        return Pairs(run.train, config.batch_size, config.pairs)

    def learn_siamese(self, run: Run, pairs: Pairs | list[Pair]) -> None:
        """Steps 5 to 7, stage 1: the Siamese network alone, to be left as it is from then on."""
        run.minimise(
            self.siamese_loss,
            pairs,
            parameters=self.of(self.siamese),
            keep_best=False,
            epochs=self.config.siamese_epochs,
            name="Siamese network",
        )
        self.siamese.requires_grad_(False)


class ReconstructedSpace(Reconstructing):
    """Model-3.2: the common space learns by reconstruction, then the layers upon it by labels."""

    def reconstruct(self, items: Sequence[Item]) -> Tensor:
        """L1 of texts, whatever their labels; () 0 or more."""
        concatenated = self.concatenate(self.batch(items))
        return self.reconstruction_loss(concatenated, self.common(concatenated))

    def fit(self, run: Run) -> None:
        """Both encoders, then the three stages of section 4.3."""
        pairs = self.pairs(run)  # a fault is to cost no training
        self.learn_encoders(run)
        with self.remembering(run):
            self.learn_siamese(run, pairs)
            self.learn_reconstruction(run)
            self.learn_prediction(run)

    def learn_reconstruction(self, run: Run) -> None:
        """The second stage: encoder and decoder, the encoder to be left as it is from then on."""
        run.minimise(
            self.reconstruct,
            run.train,
            parameters=self.of(self.space, self.decoder),
            keep_best=False,
            epochs=self.config.space_epochs,
            name="reconstruction",
        )
        self.space.requires_grad_(False)

    def learn_prediction(self, run: Run) -> None:
        """The third stage: the layers upon the common space, by their prediction loss."""
        run.minimise(
            self.loss,
            run.train,
            parameters=self.of(self.head),
            epochs=self.config.space_epochs,
            name="prediction layers",
        )


class CommonSpace(Reconstructing):
    """Model-3.3: the common space learns by reconstruction and labels at once (algorithm 1)."""

    config: CommonSpaceConfig

    def loss(self, items: Sequence[Item]) -> Tensor:
        """L1 + L2 of step 13, L1 weighted: reconstruction loss and cross-entropy; ()."""
        batch = self.batch(items)
        concatenated = self.concatenate(batch)
        common = self.common(concatenated)
        prediction = label_loss(self.classify(common), batch, self.labels)
        reconstruction = self.reconstruction_loss(concatenated, common)
        return self.config.reconstruction_weight * reconstruction + prediction

    def fit(self, run: Run) -> None:
        """Both encoders, the Siamese network, then the complete network."""
        pairs = self.pairs(run)
        self.learn_encoders(run)
        with self.remembering(run):
            self.learn_siamese(run, pairs)
            self.learn_space(run, self.decoder)
