"""What the people in the gallery say: words of their own, which no catalogue has."""

from typing import NamedTuple


class Speech(NamedTuple):
    """One language's."""

    question: str
    answer: str
    thanks: str
    more: str
    subject: str
    body: str
    note: str
    missed: str
    """What no article has."""


_RUSSIAN = Speech(
    "Можно перенести поездку в Лиссабон на неделю?",
    "Конечно. Какой день вам подходит? Вот календарь: https://example.com/lisbon",
    "Спасибо, 14 мая!",
    "Минуту, я посмотрю, есть ли места.",
    "Возврат за отменённую экскурсию",
    "Экскурсия 3 мая не состоялась. Верните, пожалуйста, деньги за двоих.",
    "Лиссабон уже переносили один раз.",
    "питомник",
)
SPEECH = {
    "en": Speech(
        "Can I move my trip to Lisbon by a week?",
        "Of course. Which day suits you? Here is the calendar: https://example.com/lisbon",
        "Thank you, 14 May!",
        "One moment, I shall see whether there are seats.",
        "A refund for the cancelled tour",
        "The tour on 3 May did not take place. Please send the money for two back.",
        "Lisbon was moved once already.",
        "kennels",
    ),
    "es": Speech(
        "¿Puedo aplazar mi viaje a Lisboa una semana?",
        "Por supuesto. ¿Qué día le conviene? Aquí está el calendario: https://example.com/lisbon",
        "¡Gracias, el 14 de mayo!",
        "Un momento, voy a ver si quedan plazas.",
        "Reembolso de la excursión cancelada",
        "La excursión del 3 de mayo no se realizó. Por favor, devuelvan el dinero de dos personas.",
        "Lisboa ya se aplazó una vez.",
        "perrera",
    ),
    "ru": _RUSSIAN,
    "uk": Speech(
        "Чи можна перенести поїздку до Лісабона на тиждень?",
        "Звісно. Який день вам підходить? Ось календар: https://example.com/lisbon",
        "Дякую, 14 травня!",
        "Хвилинку, я подивлюся, чи є місця.",
        "Повернення за скасовану екскурсію",
        "Екскурсія 3 травня не відбулася. Поверніть, будь ласка, гроші за двох.",
        "Лісабон уже переносили один раз.",
        "розплідник",
    ),
    "en-XA": _RUSSIAN,  # whatever is in plain Latin letters there is of the program
    "ar-XB": Speech(
        "هل يمكنني تأجيل رحلتي إلى لشبونة أسبوعًا؟",
        "بالطبع. أي يوم يناسبك؟ https://example.com/lisbon",
        "شكرًا، 14 مايو!",
        "لحظة، سأرى إن كانت هناك مقاعد.",
        "استرداد ثمن الجولة الملغاة",
        "لم تتم الجولة في 3 مايو. أرجو إعادة المبلغ لشخصين.",
        "تم تأجيل لشبونة مرة من قبل.",
        "بيت الكلاب",
    ),
}
