"""Korean; no particle that depends on a last sound follows a slot whose words end in vowels and consonants alike."""

from typing import Final

from pairgen.composer.lexicon import words
from pairgen.composer.tongue import DomainWords, Tongue

_DOMAINS: Final = {
    "e-commerce": DomainWords(
        brands=words("나무와 실 | 포근상점 | 손끝공방 | 들꽃살림 | 하루잡화점 | 온기마켓"),
        nav=words("신상품 | 주방용품 | 침구 | 야외용품 | 조명 | 할인 | 선물 | 수납 | 공방 이야기"),
        items=words("""양모 담요 | 도자기 접시 | 원목 협탁 | 핸드드립 주전자 | 면 수건 | 캔버스 가방 | 대나무 바구니 |
            탁상 조명 | 나들이 돗자리 | 나무 도마 | 유리 촛대 | 린넨 앞치마"""),
    ),
    "SaaS/tool": DomainWords(
        brands=words("모아워크 | 가벼운협업 | 한눈보드 | 이음클라우드 | 차곡차곡 | 술술오피스"),
        nav=words("제품 소개 | 요금제 | 개발 문서 | 업데이트 내역 | 고객 사례 | 연동 서비스 | 템플릿 | 보안"),
        items=words("""업무 보드 | 결재 흐름 | 매출 보고서 | 공유 캘린더 | 자동 백업 | 알림 설정 | 설문 도구 |
            권한 관리 | 근무 시간 집계 | 데이터 내보내기 | 사내 검색 | 문의 관리"""),
    ),
    "news/media": DomainWords(
        brands=words("강마을신문 | 새벽일보 | 남쪽바다뉴스 | 골목타임스 | 한빛저널 | 나루통신"),
        nav=words("정치 | 경제 | 국제 | 문화 | 스포츠 | 과학 | 사설 | 날씨 | 영상 | 지역 소식"),
        items=words("""주거 실태 조사 | 철도 특집 | 예산 해설 | 기상 보고 | 항만 취재 | 교육 칼럼 | 물가 기록 |
            전력 연재 | 재개발 보도 | 선거 분석 | 농촌 현장 | 인물 인터뷰"""),
    ),
    "education": DomainWords(
        brands=words("푸른언덕대학교 | 배움터온 | 새길전문학교 | 한걸음아카데미 | 느티나무학당 | 별빛야학"),
        nav=words("강좌 | 입학 안내 | 대학 생활 | 연구 | 도서관 | 동문 | 장학금 | 학사 일정 | 교수진"),
        items=words("""통계학 입문 | 해양 생물학 | 도시의 역사 | 로봇 공학 | 도예 강좌 | 언어학 세미나 | 천문 관측 |
            간호 실습 | 영화 연구 | 목공 교실 | 경제학 기초 | 식물학 실습"""),
    ),
    "government": DomainWords(
        brands=words("솔내시청 | 맑은강구 전자민원 | 너른들군청 | 새터면 주민센터 | 한울도 누리집"),
        nav=words("생활 민원 | 기업 지원 | 세금 | 대중교통 | 분리배출 | 시정 소식 | 선거 | 재난 안전 | 보육"),
        items=words("""주차 허가 | 건축 확인 | 도서 대출증 | 교통 카드 | 주민세 신고 | 출생 신고 | 도로 보수 |
            주거비 지원 | 도시 계획 공고 | 대형 폐기물 수거 | 노점 등록 | 민방위 교육"""),
    ),
    "healthcare": DomainWords(
        brands=words("맑은숨의원 | 해오름병원 | 편안내과 | 버들길치과 | 새싹소아과 | 바른걸음정형외과"),
        nav=words("진료과 | 진료 예약 | 처음 오신 분 | 검사 결과 | 응급실 | 약국 | 종합 검진 | 입원 안내"),
        items=words("""건강 검진 | 예방 접종 | 시력 검사 | 혈액 검사 | 수면 클리닉 | 알레르기 검사 | 구강 검진 |
            영양 상담 | 청력 검사 | 재활 치료 | 피부 진료 | 방문 간호"""),
    ),
    "finance": DomainWords(
        brands=words("든든저축은행 | 하늘못금융 | 큰바위증권 | 잔디생명 | 이웃신용조합 | 물레방아신탁"),
        nav=words("계좌 | 대출 | 투자 | 카드 | 보험 | 금리 안내 | 영업점 찾기 | 기업 금융"),
        items=words("""적립 예금 | 주택 담보 대출 | 채권 펀드 | 여행 카드 | 개인 연금 | 지수 펀드 | 사업자 대출 |
            정기 예금 | 자동차 대출 | 교육 보험 | 화재 보험 | 외화 예금"""),
    ),
    "travel": DomainWords(
        brands=words("느린발걸음 | 철새여행사 | 물길투어 | 산모퉁이 | 밤기차여행 | 바람따라"),
        nav=words("여행지 | 도시 산책 | 기차 여행 | 등산 | 섬 여행 | 특가 상품 | 여행 안내서 | 예약 확인"),
        items=words("""온천 나들이 | 섬 일주 | 고원 캠핑 | 차밭 산책 | 야간 열차 여행 | 자전거 길 | 호숫가 숙소 |
            한옥 체험 | 먹거리 탐방 | 요트 체험 | 눈꽃 산행 | 등대 답사"""),
    ),
    "food/restaurant": DomainWords(
        brands=words("저녁연기식당 | 소금과쌀 | 골목국수 | 계수나무주방 | 숯불마당 | 돛배횟집"),
        nav=words("차림표 | 자리 예약 | 포장 주문 | 음료와 술 | 조리법 | 단체석 | 아침 식사 | 식사권"),
        items=words("""고등어 조림 | 닭볶음탕 | 버섯전골 | 계란말이 | 해물파전 | 갈비찜 | 들깨칼국수 | 단호박죽 |
            두부구이 | 비빔국수 | 매실차 | 김치찜"""),
    ),
    "real estate": DomainWords(
        brands=words("볕드는집 | 기와부동산 | 우리동네방 | 언덕마루 | 열쇠와문 | 강가주택"),
        nav=words("매매 | 임대 | 집 내놓기 | 신축 분양 | 시세 조회 | 동네 정보 | 중개사 | 대출 계산기"),
        items=words("""역세권 아파트 | 마당 있는 주택 | 단층 주택 | 모서리 원룸 | 복층 오피스텔 | 상가 점포 |
            수리한 빌라 | 두 가구 주택 | 꼭대기 층 아파트 | 옛 한옥 | 가구 딸린 원룸 | 소형 사무실"""),
    ),
    "portfolio": DomainWords(
        brands=words("흰종이디자인 | 나뭇결사진관 | 여백건축 | 선과면 | 달그림공방 | 종이물고기"),
        nav=words("작품 | 작업 과정 | 전시 | 작업 노트 | 함께한 곳 | 판화 | 작업 의뢰"),
        items=words("""포스터 연작 | 책 표지 | 전시 디자인 | 로고 작업 | 인물 사진 | 글꼴 설계 | 안내 표지판 |
            삽화집 | 매장 인테리어 | 무대 미술 | 포장 디자인 | 종이 조형물"""),
    ),
    "corporate": DomainWords(
        brands=words("북마루중공업 | 새별물류 | 빛고을정밀 | 벼리소재 | 큰솔그룹 | 푸른만엔지니어링"),
        nav=words("회사 개요 | 사업 분야 | 지속 가능 경영 | 투자 정보 | 보도 자료 | 지배 구조 | 협력사 | 기술 개발"),
        items=words("""화물 운송 | 펌프 설비 | 포장재 | 설비 점검 | 강재 가공 | 냉장 창고 | 차량 관리 | 시험 센터 |
            전력 저장 장치 | 베어링 부품 | 재활용 공장 | 제어 장치"""),
    ),
    "social/community": DomainWords(
        brands=words("골목모임 | 두런두런 | 취미마루 | 평상 | 동네알림판 | 모닥불"),
        nav=words("모임 | 주변 행사 | 쪽지 | 둘러보기 | 책갈피 | 나눔 장터 | 이야깃거리 | 알림"),
        items=words("""자전거 모임 | 뜨개질 모임 | 텃밭 동아리 | 바둑 모임 | 독서회 | 별 보기 모임 | 달리기 모임 |
            제빵 동아리 | 새 관찰회 | 보드게임 모임 | 사진 동호회 | 외국어 교환 모임"""),
    ),
    "entertainment": DomainWords(
        brands=words("은막극장 | 한밤라디오 | 그림자극단 | 메아리음반 | 종이달영화관 | 별마당홀"),
        nav=words("현재 상영작 | 드라마 | 공연 | 음악 | 예매 | 상영 시간표 | 팟캐스트 | 관람평 | 영화제"),
        items=words("""낭독극 | 통기타 공연 | 기록 영화 | 추리 드라마 | 단편 만화 영화 | 교향악 연주회 | 판소리 공연 |
            무용 공연 | 옛 영화 상영회 | 인형극 | 재즈의 밤 | 라디오 드라마"""),
    ),
    "other": DomainWords(
        brands=words("숲지기모임 | 물레방아정원 | 등대재단 | 습지의 벗 | 자작나무합창단 | 길동물의 집"),
        nav=words("관람 안내 | 자원봉사 | 기부 | 하는 일 | 행사 일정 | 회원 이야기 | 진행 사업 | 찾아오는 길"),
        items=words("""나무 심기 | 시설 공개 행사 | 철새 조사 | 수리 카페 | 헌책 교환 장터 | 합창 발표회 | 등불 축제 |
            하천 정화 | 원예 교실 | 습지 해설 | 자료 전시 | 손재주 장터"""),
    ),
}

_CATALOGUE: Final = {
    "{month}": "{month}",
    "{weekday}": "{weekday}",
    "{sign}{change}% since {when}": "{when} 대비 {sign}{change}%",
    "Please enter": "입력해 주세요",
    "Type here": "여기에 입력",
    "Your answer": "답변",
    "Tell us": "알려 주세요",
    "Optional": "선택 사항",
    "You can change it later": "나중에 바꿀 수 있습니다",
    "Leave blank if unsure": "잘 모르면 비워 두세요",
    "At least {few} characters": "{few}자 이상",
    "In your own words": "자유롭게 적어 주세요",
    "We never share this": "외부에 공개하지 않습니다",
    "Used for reminders only": "알림을 보낼 때만 사용합니다",
    "As on your passport": "여권에 적힌 그대로",
    "Please write in full": "줄이지 말고 적어 주세요",
    "In dollars": "원 단위",
    "A rough figure will do": "대략적인 금액도 괜찮습니다",
    "Day and month": "월과 일",
    "From tomorrow onwards": "내일 이후 날짜",
    "Spaces and dashes are fine": "띄어쓰기와 붙임표를 쓸 수 있습니다",
    "The nearest one will do": "가까운 곳을 골라 주세요",
    "Local time": "현지 시각",
    "Cancel": "취소",
    "Save draft": "임시 저장",
    "Go back": "이전으로",
    "Start over": "처음부터 다시",
    "Keep me posted about news from {place}": "{place} 소식을 계속 받아 보겠습니다",
    "I agree that you may call me back": "다시 연락받는 데 동의합니다",
    "Send a copy to my own address": "사본을 내 메일로 보내기",
    "I have read the notice of {month} {year}": "{year}년 {month} 안내문을 읽었습니다",
    "Remember these details for next time": "다음을 위해 입력 내용 저장",
    "Total": "합계",
    "Your summary": "입력 내용 요약",
    "At a glance": "한눈에 보기",
    "Overview": "개요",
    "What you pay": "결제 금액",
    "In short": "간단 요약",
    "Narrow it down": "범위 좁히기",
    "Filter by": "조건 선택",
    "Show only": "표시할 항목",
    "Refine": "상세 검색",
    "Good to know": "알아 두면 좋아요",
    "Search {thing}": "{thing} 검색",
    "Try {thing}": "{thing} 어때요?",
    "Find {thing}": "{thing} 찾기",
    "Look for {thing}": "{thing} 찾아보기",
    "Mon": "월",
    "Tue": "화",
    "Wed": "수",
    "Thu": "목",
    "Fri": "금",
    "Sat": "토",
    "Sun": "일",
    "Hol": "휴일",
    "Who to meet": "만나 볼 사람",
    "People nearby": "근처에 있는 사람",
    "New faces": "새로 온 사람",
    "Around {place}": "{place} 주변",
    "Related": "관련 정보",
    "On this page": "이 페이지의 내용",
    "Most read": "많이 본 글",
    "See also": "함께 보기",
    "Keep going": "계속 보기",
    "Did you know?": "알고 계셨나요?",
    "A note from {person}": "{person} 님의 한마디",
    "Correction": "바로잡습니다",
    "replies": "개의 답글",
    "likes": "개의 좋아요",
    "shares": "회 공유",
    "thanks": "개의 감사 인사",
    "views": "회 조회",
    "saves": "회 저장",
    "Starter": "시작형",
    "Essential": "표준형",
    "Plus": "플러스",
    "Team": "팀",
    "Household": "가족형",
    "Complete": "종합형",
    "Patron": "후원형",
    "Basic": "기본형",
    "Premium": "프리미엄",
    "Solo": "개인형",
}

_MONTHS: Final = words("1월|2월|3월|4월|5월|6월|7월|8월|9월|10월|11월|12월")
_WEEKDAYS: Final = words("월요일|화요일|수요일|목요일|금요일|토요일")
_PLACES: Final = words(
    """부산 | 대구 | 인천 | 광주 | 대전 | 울산 | 전주 | 강릉 | 춘천 | 여수 | 순천 | 경주 | 포항 | 제주 | 수원 | 청주 |
    목포 | 통영 | 속초 | 안동 | 군산 | 원주 | 창원 | 서귀포"""
)
_STREETS: Final = words(
    """한밭로 | 중앙로 | 세종대로 | 벚꽃길 | 은행나무길 | 시장길 | 호수로 | 강변로 | 배움길 | 솔밭길 | 향교길 |
    해돋이길 | 느티나무길 | 문화로 | 평화로 | 돌담길"""
)
_FIRST_NAMES: Final = words(
    """서연 | 민준 | 도윤 | 예준 | 수빈 | 현우 | 유진 | 성호 | 미경 | 은정 | 태영 | 영숙 | 재훈 | 소영 | 동현 | 혜진 |
    상우 | 나연 | 준서 | 경희 | 정민 | 슬기 | 윤아 | 병철"""
)

TONGUE: Final = Tongue(
    code="ko",
    font="'Noto Sans CJK KR'",
    serif="'Noto Serif CJK KR'",
    first_names=_FIRST_NAMES,
    last_names=words("김|이|박|최|정|강|조|윤|장|임|한|오|서|신|권|황|안|송|류|홍|문|배|노|남궁"),
    person="{last}{first}",
    places=_PLACES,
    streets=_STREETS,
    address="{street} {number}",
    months=_MONTHS,
    weekdays=_WEEKDAYS,
    date="{month} {day}일",
    short_months=_MONTHS,
    money="{amount}원",
    qualities=words("""새로운 | 특별한 | 주목받는 | 화제의 | 인기 | 봄철 | 여름철 | 가을철 | 겨울철 | 우리 동네 |
        믿을 만한 | 처음 만나는"""),
    sentences=words(
        """{year}년부터 {thing} 안내를 이어 오고 있습니다 |
        {month}부터 {place} 창구에서도 {thing} 상담을 받을 수 있습니다 |
        {place} 담당자가 매주 {weekday} 새 소식을 올립니다 | {person} 님이 {few}년 동안 자료를 꼼꼼하게 모았습니다 |
        방문자의 {pct}가 친구의 소개로 이곳을 알게 되었습니다 | {thing} 관련 질문은 도움말에서 먼저 확인해 주세요 |
        {weekday} 오전 10시에 {street} 창구가 문을 엽니다 | {soon}년까지 {place} 지역으로 활동을 넓힐 계획입니다 |
        {thing} 세부 내용은 {month} 초에 발표합니다 | 지난 {n}일 동안 의견 {big}건이 들어왔습니다 |
        {person} 님은 {year}년부터 {place} 사무실에서 일하고 있습니다 |
        궁금한 점이 있으면 언제든지 전화로 물어보세요 | {place} 시내와 {street} 두 곳에서 {thing} 관련 상담을 합니다 |
        지난달에 {big}명이 이 페이지를 찾았습니다 | 모든 내용은 편집자 {few}명이 꼼꼼하게 확인합니다 |
        답변을 드리기까지 보통 {n}분쯤 걸립니다 | {thing}에 대한 관심이 작년보다 {pct} 늘었습니다 |
        {place} 지역에서 일부러 찾아오는 분도 많습니다 | 매달 {day}일에 최신 수치를 공개합니다 |
        파란 아이콘은 아직 자리가 있다는 뜻입니다 | 빨간 라벨이 붙은 항목은 접수가 끝났습니다 |
        하얀 버튼을 누르면 이전 화면으로 돌아갑니다 | {month} 일정이 정해져 알려 드립니다 |
        {person} 님은 {place} 시내에서 {n}년째 살고 있습니다 | 어디서 시작할지 모르겠다면 {thing} 안내를 권합니다 |
        {place} 주민 {few}명 가운데 1명은 {thing} 소식을 알고 있습니다 |
        원활한 준비를 위해 {few}일 전까지 연락해 주세요 | {weekday} 오후에는 한산해서 천천히 둘러볼 수 있습니다 |
        {year}년 문을 연 뒤로 모든 편지에 빠짐없이 답해 왔습니다 | {thing} 상담 자리는 한정되어 있으니 서둘러 주세요 |
        {n}가지 조언을 짧은 목록으로 정리했습니다 | {person} 님은 첫걸음이 가장 어렵다고 말합니다 |
        {place} 중심가에서 {street}까지 버스로 {n}분 걸립니다 | 올해는 이용자의 {pct}가 온라인으로 절차를 마쳤습니다 |
        여름철에는 일주일에 {few}시간 더 문을 엽니다 | 겨울철 {weekday}에는 접수를 한 시간 일찍 마칩니다 |
        이 안내문은 {year}년에 만들어 {month}에 일부를 고쳤습니다 |
        학생은 신분증을 보여 주면 할인을 받을 수 있습니다 | {place} 시내의 직장인은 저녁에도 상담을 받을 수 있습니다 |
        {thing} 준비에는 {person} 님과 {place} 동료들이 함께했습니다 |
        작은 개선을 날마다 이어 가는 것을 중요하게 여깁니다 | 날씨 때문에 {place} 일정이 {weekday}로 바뀌었습니다 |
        {month} {day}일 현재 {big}명이 신청했습니다 | 자주 묻는 세 가지 질문에 여기에서 답합니다 |
        신청은 다섯 가지 단계를 거치면 끝납니다 | 작년에 실시한 조사에서도 {thing} 만족도가 높았습니다 |
        절차가 끝나면 메일로 사본을 보내 드립니다 | 전문가 {n}명이 {few}개월에 걸쳐 내용을 검토했습니다 |
        기록은 {n}개월 동안 보관한 뒤 자동으로 지웁니다 | {street} 근처의 안내 창구는 지하철로도 올 수 있습니다 |
        다음 달에 {place} 시내에 새로운 창구가 생깁니다 |
        {person} 님이 매주 {weekday} {street}에서 여러분을 기다립니다 |
        내년에는 {thing} 관련 내용을 한층 알차게 꾸미겠습니다"""
    ),
    headlines=words(
        """{place}에서 온 소식 | {thing} 자세히 들여다보기 | {place} 나들이를 떠날 {n}가지 이유 |
        {month}에 달라진 점 | {person} 님이 말하는 {thing} | {year}년을 돌아보며 | {month} 준비는 되셨나요 |
        짧게 보는 {place} 안내 | 알기 쉬운 {thing} | {person} 님과 나눈 {n}분 | 숫자로 보는 {month} |
        {thing} 뒤의 사람들 | 다음 목적지, {place} | {weekday}에 {place}에서 만나요 |
        사람들이 {thing} 이야기를 하는 까닭 | {place}에서 찾은 {few}가지 이야기 | {soon}년을 향하여 |
        {pct}가 고른 {thing} | {street}에서 보낸 하루 | {thing} 시작하기"""
    ),
    kickers=words(
        """이번 주 추천 | {month} 특집 | {year}년부터 | {place} 소식 | 눈여겨볼 것 | 제{few}회 | 편집자의 선택 |
        단신 | 뒷이야기 | 처음이라면 | 모두의 목소리 | 체험담 | 요즘 소식 | 특별 기획"""
    ),
    actions=words(
        """자세히 보기 | 더 보기 | 지금 시작하기 | 문의하기 | 모두 보기 | 이어서 읽기 | 신청하기 | 무료 체험 |
        저장하기 | 상담 받기 | 친구에게 알리기 | 날짜 고르기 | {place} 보기 | 자료 받기 | 소식 받기 | 비교하기 |
        질문하기 | 사용법 보기 | 목록 보기 | 참여하기 | 지도 열기 | {person} 님 만나기"""
    ),
    badges=words(
        """새로 나옴 | 인기 | 기간 한정 | 추천 | {month} 한정 | 선착순 {n}명 | {year}년부터 | {place} | 무료 |
        마감 임박 | 인증 완료 | 단독 | 꾸준한 사랑 | 제{few}탄 | 남은 자리 적음 | {pct} 완료"""
    ),
    nav=words("홈 | 소개 | 공지 사항 | 자주 묻는 질문 | 고객 문의 | 채용 | 도움말 | 내 정보 | 이용 안내 | 읽을거리"),
    quotes=words(
        """오래 기다릴 줄 알았는데 오전에 바로 답을 받았어요 | 단계마다 친절하게 설명해 주어서 마음이 놓였어요 |
        {month}부터 동료 {n}명에게 추천했습니다 | 꼼꼼한 마음 씀씀이에 감동했습니다 |
        일주일 걸리던 일을 이제 반나절이면 끝냅니다 | 두 번째 찾아갔을 때도 제 이름을 기억하고 있었어요 |
        조언이 솔직하고 비용도 납득할 만했습니다 | {place}에서 보낸 시간은 생각보다 훨씬 편안했어요 |
        {person} 님이 {thing}에 대해 자세히 알려 주셨어요 | 오랫동안 의심했는데 제가 틀렸더군요 |
        온 가족이 함께 만족한 것은 이번이 처음이에요 | {year}년부터 써 왔지만 불편한 적이 없습니다 |
        조작이 쉬워서 부모님도 혼자 하실 수 있었어요 | {month}에 처음 온 뒤로 달마다 찾고 있습니다 |
        일하는 분들의 따뜻한 진심이 느껴집니다 | {thing} 덕분에 하루가 한층 즐거워졌습니다"""
    ),
    questions=words(
        """보통 얼마나 걸리나요? | 나중에 바꿀 수 있나요? | {place}에서는 누구에게 물어보면 되나요? |
        가입한 뒤에는 어떻게 되나요? | 최소 이용 기간이 있나요? | {weekday}에도 이용할 수 있나요? |
        어떤 서류가 필요한가요? | 제 정보는 어떻게 보관되나요? | 아이와 함께 가도 되나요? |
        문제가 생기면 어떻게 하나요? | 단체도 이용할 수 있나요? | 자전거를 세울 곳이 있나요? |
        {thing} 신청은 누구나 할 수 있나요? | {month}에도 자리가 남아 있나요? | 신청을 취소하려면 어떻게 하나요?"""
    ),
    foot_links=words(
        """회사 소개 | 언론 보도 | 인재 채용 | 의견 보내기 | 접근성 안내 | 개인정보 처리방침 | 이용 약관 | 쿠키 설정 |
        사이트 지도 | 제휴사 | 소식지 | 고객 센터 | 걸어온 길 | 거래처 안내 | 오류 신고 | 오시는 길 | 연간 보고서 |
        학생 할인 | 상품권 | 저작권 안내 | 광고 문의 | 모바일 앱"""
    ),
    foot_heads=words(
        "회사 | 고객 지원 | 둘러보기 | 소식 받기 | 자료실 | 법적 고지 | 방문 안내 | 더 읽어 보기 | 바로 가기"
    ),
    options=words(
        """전체 | 최신순 | {place} 근처 | {year}년 이후 | 상위 {n}개 | {month} 이전 | 이름순 | 사진 있음 |
        무료만 보기 | 예약 가능 | 평점 높은 순 | 가족과 함께 | 이번 주 추가 | 온라인 | 한국어 지원 | 곧 시작 |
        가입 없이 이용"""
    ),
    roles=words(
        """{place} 책임자 | {year}년부터 함께함 | 사업 책임자 | 수석 편집자 | 고객 상담사 | 오랜 이용자 | 자원봉사자 |
        객원 필자 | 기술 자문 | 디자이너 | 설립자 | {place} 주민 | 교육 강사 | 데이터 분석가"""
    ),
    fields=words(
        """이름 | 휴대폰 번호 | 이메일 주소 | 집 주소 | 우편번호 | 생년월일 | 거주 도시 | 회원 번호 | 비고 |
        희망 시간 | 비상 연락처 | 근무처 | 참가 인원 | 접수 번호 | 상담 내용 | 직업 | 추천인"""
    ),
    statuses=words("진행 중 | 완료 | 확인 대기 | 취소됨 | 연기됨 | 심사 중 | 곧 시작"),
    steps=words("정보 입력 | 내용 확인 | 시간 선택 | 결제 | 확정 | 서류 제출 | 상품 선택 | 서명 | 완료 | 개인 정보"),
    metrics=words(
        """count:누적 이용자 | count:이번 달 방문 | count:협력 단체 | percent:만족도 | percent:기한 내 처리율 |
        money:평균 지출액 | score:이용자 평점 | days:평균 대기 기간 | days:최장 처리 기간 | count:접수된 의견"""
    ),
    columns=words("thing:이름 | place:지역 | date:날짜 | person:담당자 | count:인원 | status:상태"),
    days="{n}일",
    catalogue=_CATALOGUE,
    domains=_DOMAINS,
    kinds=(
        _MONTHS,
        _WEEKDAYS,
        _PLACES,
        _STREETS,
        _FIRST_NAMES,
        words("봄철|여름철|가을철|겨울철"),
        words("파란|빨간|노란|하얀"),
        words("오전|오후"),
        words("새로운|특별한|주목받는|화제의"),
        words("전화로|메일로|문자로|우편으로"),
        words("버스로|지하철로|택시로|전철로"),
        words("친구|동료|이웃|지인"),
        words("학생|어르신|군인|직장인"),
        words("버튼|아이콘|라벨"),
        words("편집자|전문가|연구자|책임자"),
        words("세 가지|네 가지|다섯 가지|여섯 가지"),
        words("다음 주|다음 달|내년"),
        words("지난주|지난달|작년"),
        words("꼼꼼하게|친절하게|차분하게|성실하게"),
        words("꼼꼼한|따뜻한|친절한|세심한"),
        words("훨씬|한층|조금"),
        words("이용 약관|사이트 지도|쿠키 설정|접근성 안내|저작권 안내|오류 신고"),
        words("회사 소개|언론 보도|인재 채용|연간 보고서|거래처 안내|걸어온 길"),
        words("사진 있음|예약 가능|무료만 보기|가족과 함께|한국어 지원"),
        words("자세히 보기|이어서 읽기|신청하기|문의하기|비교하기|질문하기"),
        words("우편번호|생년월일|회원 번호|비상 연락처|참가 인원|접수 번호"),
        words("진행 중|확인 대기|취소됨|연기됨|심사 중"),
        *(domain.items for domain in _DOMAINS.values()),
    ),
)
